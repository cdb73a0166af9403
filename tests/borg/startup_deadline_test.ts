import assert from "node:assert/strict";
import { join } from "node:path";
import type { BorgRepository } from "../../lib/borg/repository.ts";
import { BORG_LIMITS } from "../../lib/borg/startup_deadline.ts";
import { type BorgRequest, runBorg } from "../../lib/borg/run_borg.ts";
import { Secret } from "../../lib/text/secret.ts";
import { copyEmptyRepository } from "../e2e/empty_repository.ts";
import { searchPath } from "../e2e/program.ts";
import { NO_SSHD, SshServer } from "../e2e/sshd.ts";
import { repositoryWith } from "./repositories.ts";

const LIMITS = { firstAnswer: 20_000, passphraseCommand: 20_000 };

/** A directory for one test, with Borg's own files in it. */
class BorgPlace implements AsyncDisposable {
  private constructor(readonly directory: string) {}

  static async make(): Promise<BorgPlace> {
    return new BorgPlace(await Deno.makeTempDir());
  }

  /** Runs Borg here. */
  async run(repository: BorgRepository, more: Partial<BorgRequest> = {}) {
    return await runBorg({
      repository,
      args: ["list", "--log-json", "--progress", "--json", "--", repository.url],
      inherited: { PATH: searchPath(), BORG_BASE_DIR: this.directory },
      signal: new AbortController().signal,
      onLine: () => {},
      limits: LIMITS,
      ...more,
    });
  }

  /** Makes a program that lies here. */
  async program(name: string, script: string): Promise<string> {
    const path = join(this.directory, name);
    await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`);
    await Deno.chmod(path, 0o700);
    return path;
  }

  /** Processes that have something of this directory in their command line. */
  processes(): string[] {
    return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
      try {
        const line = /^\d+$/.test(name) ? Deno.readTextFileSync(`/proc/${name}/cmdline`) : "";
        return line.includes(this.directory) ? [line.replaceAll("\0", " ")] : [];
      } catch {
        return [];
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Makes a repository in a place. */
async function makeRepository(place: BorgPlace): Promise<BorgRepository> {
  const url = join(place.directory, "repository");
  await copyEmptyRepository(url, "correct horse");
  return repositoryWith({ url, lockWait: 0 });
}

Deno.test({
  name: "runBorg() gives up on a server that lets Borg in and never answers",
  ignore: NO_SSHD !== undefined,
  async fn() {
    await using place = await BorgPlace.make();
    await using server = await SshServer.start(place.directory);
    const { url, ssh_key, ssh_options } = await server.authorize(
      'restrict,command="exec sleep 600" ssh-ed25519 KEY',
      "nowhere",
    );
    assert.ok(Array.isArray(ssh_options));
    const repository = repositoryWith({
      url: String(url),
      sshKey: String(ssh_key),
      sshOptions: ssh_options.map(String),
      lockWait: 1_000,
    });
    const { end } = await place.run(repository, { limits: { ...LIMITS, firstAnswer: 4_000 } });
    assert.ok(end.kind === "failed");
    assert.match(end.failure.message, /^the server was reached, but Borg on it did not answer/);
    assert.match(end.failure.message, /gave up after waiting 5 s, 1 s of them for lock_wait$/);
    const left = place.processes().filter((line) => !/^\S*sshd/.test(line));
    assert.deepEqual(left, []);
  },
});

Deno.test({
  name: "runBorg() does not wait for a checkpoint of a Borg that waits for its server",
  ignore: NO_SSHD !== undefined,
  async fn() {
    await using place = await BorgPlace.make();
    await using server = await SshServer.start(place.directory);
    const mark = join(place.directory, "reached");
    const { url, ssh_key, ssh_options } = await server.authorize(
      `restrict,command="touch ${mark}; exec sleep 600" ssh-ed25519 KEY`,
      "nowhere",
    );
    assert.ok(Array.isArray(ssh_options));
    const repository = repositoryWith({
      url: String(url),
      sshKey: String(ssh_key),
      sshOptions: ssh_options.map(String),
    });
    const stop = new AbortController();
    const running = place.run(repository, { signal: stop.signal, limits: BORG_LIMITS });
    while (!await Deno.stat(mark).then(() => true, () => false)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    stop.abort();
    const { end, stopping } = await running;
    assert.deepEqual(end, { kind: "stopped" });
    assert.notEqual(stopping?.signal, "SIGINT");
    assert.deepEqual(place.processes().filter((line) => !/^\S*sshd/.test(line)), []);
  },
});

Deno.test("runBorg() gives up on a server that accepts connections and is silent", async () => {
  await using place = await BorgPlace.make();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  const repository = repositoryWith({
    url: `ssh://somebody@127.0.0.1:${listener.addr.port}/./borg`,
    sshOptions: ["ConnectTimeout=1"],
  });
  const limits = { ...LIMITS, firstAnswer: 60_000 };
  let { end } = await place.run(repository, { limits });
  // On a machine that is busy with something else Borg loses what ssh said in all of its attempts.
  for (
    let again = 0;
    again < 5 && end.kind === "failed" && end.failure.kind === "connection-lost";
    again++
  ) {
    ({ end } = await place.run(repository, { limits }));
  }
  assert.ok(end.kind === "failed");
  assert.equal(end.failure.kind, "unreachable");
  assert.match(end.failure.message, /timed out/);
  listener.close();
  await accepting;
  for (const connection of accepted) connection.close();
});

Deno.test("runBorg() has no limit for a Borg that has opened the repository", async () => {
  await using place = await BorgPlace.make();
  const opened =
    '{"type": "log_message", "levelname": "DEBUG", "message": "TAM-verified manifest"}';
  await place.program("borg", `echo '${opened}' >&2; sleep 4; echo '{}'`);
  const lines: unknown[] = [];
  const { end, stdout } = await place.run(repositoryWith({ lockWait: 0 }), {
    inherited: { PATH: `${place.directory}:${Deno.env.get("PATH")}` },
    limits: { ...LIMITS, firstAnswer: 3_000 },
    onLine: (line) => lines.push(line),
  });
  assert.equal(end.kind, "success");
  assert.equal(stdout, "{}");
  assert.deepEqual(lines, [], "what is said at debug level is for us alone");
});

Deno.test("runBorg() has Borg say that it has opened the repository", async () => {
  await using place = await BorgPlace.make();
  const repository = await makeRepository(place);
  const path = Deno.env.get("PATH") ?? "";
  const said = join(place.directory, "said");
  await place.program("borg", `PATH='${path}' exec borg "$@" 2>"${said}"`);
  const inherited = { PATH: `${place.directory}:${path}`, BORG_BASE_DIR: place.directory };
  const list = ["list", "--log-json", "--progress", "--json", "--", repository.url];
  const check = ["check", "--log-json", "--progress", "--", repository.url];
  const compact = ["compact", "--log-json", "--progress", "--", repository.url];
  for (const args of [list, check, compact]) {
    assert.equal((await place.run(repository, { inherited, args })).end.kind, "success");
    assert.match(await Deno.readTextFile(said), /"TAM-verified|"progress_percent"/);
  }
});

Deno.test("runBorg() stops a passphrase_command that hangs, with all that it has started", async () => {
  await using place = await BorgPlace.make();
  const made = await makeRepository(place);
  const sleeper = await place.program("sleeper", "sleep 600 & wait");
  // The command itself ends, what it has started holds the pipe: Borg would wait for it for ever.
  const command = await place.program("command", `${sleeper}; echo "correct horse"`);
  const key = { kind: "command", command: new Secret(command) } as const;
  const limits = { ...LIMITS, passphraseCommand: 1_000 };
  const lines: string[] = [];
  const { end } = await place.run({ ...made, key }, {
    limits,
    onLine: (line) => lines.push(JSON.stringify(line)),
  });
  assert.ok(end.kind === "failed");
  assert.equal(
    end.failure.message,
    "the passphrase_command did not finish within 1 s and was stopped",
  );
  assert.ok(!lines.join().includes(command));
  assert.deepEqual(place.processes(), []);
});

Deno.test("runBorg() takes the passphrase from a passphrase_command with arguments", async () => {
  await using place = await BorgPlace.make();
  const made = await makeRepository(place);
  const key = { kind: "command", command: new Secret("printf '%s %s' correct horse") } as const;
  assert.equal((await place.run({ ...made, key })).end.kind, "success");
  const wrong = { kind: "command", command: new Secret("false") } as const;
  const { end } = await place.run({ ...made, key: wrong });
  assert.ok(end.kind === "failed");
  assert.equal(end.failure.message, "the passphrase_command failed");
});

Deno.test("runBorg() says how Borg was stopped, and leaves nothing behind", async () => {
  await using place = await BorgPlace.make();
  const controller = new AbortController();
  const sleeper = await place.program("sleeper", "exec sleep 600");
  await place.program("borg", `trap 'exit 2' INT; echo '{"type": "x"}' >&2; ${sleeper} & wait`);
  const { end, stopping } = await place.run(repositoryWith(), {
    inherited: { PATH: `${place.directory}:${Deno.env.get("PATH")}` },
    signal: controller.signal,
    onLine: () => controller.abort(),
  });
  assert.deepEqual(end, { kind: "stopped" });
  assert.equal(stopping?.signal, "SIGINT");
  assert.deepEqual(place.processes(), []);
});
