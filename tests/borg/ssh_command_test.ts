import assert from "node:assert/strict";
import { serverOf, sshCommand } from "../../lib/borg/ssh_command.ts";
import { repositoryWith } from "./repositories.ts";

Deno.test("sshCommand() connects as Borg does, with the same port, user, key and options", () => {
  const commandOf = (url: string) => sshCommand(repositoryWith({ url }));
  assert.equal(commandOf("ssh://borg@host:2222/./x"), "ssh -p 2222 borg@host");
  assert.equal(commandOf("ssh://host/x"), "ssh host");
  assert.equal(commandOf("borg@host:x"), "ssh borg@host");
  assert.equal(commandOf("host:/srv/x"), "ssh host");
  assert.equal(commandOf("ssh://borg@[::1]:22/x"), "ssh -p 22 borg@::1");
  const repository = repositoryWith({
    url: "ssh://borg@host/x",
    sshKey: "/etc/my key",
    sshOptions: ["ProxyCommand=nc %h %p"],
  });
  assert.equal(
    sshCommand(repository),
    "ssh -o 'ProxyCommand=nc %h %p' -i '/etc/my key' borg@host",
  );
});

Deno.test("serverOf() knows no server of a repository on this machine", () => {
  for (const url of ["/mnt/x", "file:///x"]) assert.equal(serverOf({ url }), undefined);
});
