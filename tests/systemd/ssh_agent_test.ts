import assert from "node:assert/strict";
import { type SshSettings, withoutOwnKey } from "../../lib/systemd/ssh_agent.ts";

function labels(keys: Partial<SshSettings>): readonly string[] {
  return withoutOwnKey([{ label: "one", url: "b@h:x", sshOptions: [], ...keys }]);
}

Deno.test("withoutOwnKey() lists repositories on servers, in every form of a url", () => {
  for (const url of ["b@h:x", "h:x", "ssh://b@h:23/./x"]) {
    assert.deepEqual(labels({ url }), ["one"]);
  }
  for (const url of ["/srv/x", "./x", "file:///srv/x"]) assert.deepEqual(labels({ url }), []);
});

Deno.test("withoutOwnKey() leaves out a repository when the configuration names its key", () => {
  assert.deepEqual(labels({ sshKey: "/k" }), []);
  assert.deepEqual(labels({ sshOptions: ["Port=23", "identityfile=/k"] }), []);
  assert.deepEqual(labels({ sshOptions: ["IdentityAgent=/run/agent"] }), []);
  assert.deepEqual(labels({ sshOptions: ["IdentitiesOnly=yes"] }), ["one"]);
});
