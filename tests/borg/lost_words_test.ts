/**
 * What is said of a connection when Borg has lost what ssh and the server said: with a real ssh and a
 * real sshd, and a Borg that always notices first that ssh has ended.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { connectionClosed, hasReason } from "../../lib/borg/connection_failure.ts";
import { runBorg } from "../../lib/borg/run_borg.ts";
import type { BorgRepository } from "../../lib/borg/repository.ts";
import { searchPath } from "../e2e/program.ts";
import { NO_SSHD, SshServer } from "../e2e/sshd.ts";
import { error, repositoryWith } from "./repositories.ts";

/** Put before Borg's own code: it looks only when ssh has ended, and then at standard output first. */
const DEAF_BORG = `import os, select
real = select.select
def behind(r, w, x, *timeout):
    try: os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    except ChildProcessError: pass
    return real(r, w, x, *timeout)
select.select = behind
`;

/** Lists a repository on a server with a Borg that is deaf to ssh. */
async function listDeaf(directory: string, different: Partial<BorgRepository>) {
  await Deno.writeTextFile(join(directory, "sitecustomize.py"), DEAF_BORG);
  const script = `#!/bin/sh\nPATH=\${PATH#*:}\nPYTHONPATH=${directory} exec borg "$@"\n`;
  await Deno.writeTextFile(join(directory, "borg"), script, { mode: 0o700 });
  const repository = repositoryWith(different);
  const { end } = await runBorg({
    repository,
    args: ["list", "--log-json", repository.url],
    inherited: {
      PATH: `${directory}:${searchPath()}`,
      BORG_BASE_DIR: directory,
      TMPDIR: directory,
    },
    signal: new AbortController().signal,
    onLine: () => {},
  });
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
  assert.deepEqual(names.filter((name) => name.startsWith("autoborg-ssh-")), []);
  assert.ok(end.kind === "failed");
  return end.failure;
}

function deafTest(
  name: string,
  check: (
    server: SshServer,
    directory: string,
    repository: Partial<BorgRepository>,
  ) => Promise<void>,
): void {
  const ignore = NO_SSHD !== undefined;
  Deno.test({
    name: ignore ? `${name} (not run: ${NO_SSHD})` : name,
    ignore,
    fn: async () => {
      const directory = await Deno.makeTempDir();
      {
        await using server = await SshServer.start(directory);
        const { url, ssh_options: options } = server.repository("deaf");
        assert.ok(typeof url === "string" && Array.isArray(options));
        const sshOptions = options.map(String);
        await check(server, directory, { url, sshKey: join(directory, "user_key"), sshOptions });
      }
      await Deno.remove(directory, { recursive: true });
    },
  });
}

deafTest(
  "runBorg() says why ssh could not log in when Borg has lost its words",
  async (server, directory, repository) => {
    await Deno.chmod(join(directory, "user_key"), 0o644);
    const open = await listDeaf(directory, repository);
    assert.match(open.message, /^the private SSH key cannot be used: Permissions 0644 for /);
    assert.match(open.hint ?? "", /chmod 600 /);
    await server.refuseKeys();
    const refused = await listDeaf(directory, repository);
    assert.match(refused.message, /^the server does not accept the key: .*Permission denied/);
    // Nothing listens on the first port.
    const off = await listDeaf(directory, { ...repository, url: "ssh://borg@127.0.0.1:1/borg" });
    assert.equal(off.kind, "unreachable");
    assert.match(off.message, /Connection refused$/);
  },
);

deafTest(
  "runBorg() says how the server's command ended when its words are lost",
  async (server, directory, repository) => {
    await server.authorize('command="nosuchborg serve" ssh-ed25519 KEY', "");
    const missing = await listDeaf(directory, repository);
    assert.equal(
      missing.message,
      "Borg was not found on the server: the command on the server ended with exit code 127",
    );
    assert.match(missing.hint ?? "", /^Install Borg on the server/);
    await server.authorize('command="exit 3" ssh-ed25519 KEY', "");
    const ended = await listDeaf(directory, repository);
    assert.equal(
      ended.message,
      "ssh logged in, but the command on the server ended with exit code 3 before Borg answered",
    );
    assert.match(ended.hint ?? "", /^Run "ssh .*'borg --version'", as the user who runs autoborg/);
  },
);

Deno.test("hasReason() takes no frame of ssh's warnings for a reason", () => {
  assert.ok(!hasReason(`Remote: ${"@".repeat(59)}`));
  assert.ok(!hasReason("Remote: "));
  assert.ok(hasReason("Remote: Zugriff verweigert"));
});

Deno.test("connectionClosed() does not call a line without letters the reason", () => {
  const repository = repositoryWith({ url: "ssh://backup@server/./borg" });
  const { message } = connectionClosed(
    repository,
    error("ConnectionClosedWithHint", "Closed", `Remote: ${"@".repeat(59)}`),
  );
  assert.equal(message, "the connection was closed by the server");
});
