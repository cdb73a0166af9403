/**
 * Walks the corpus in `tests/borg/messages`: what the real Borg 1.2 and 1.4, ssh and Python said when
 * something was wrong, and what must be made of it. `make.sh` beside the files makes them anew.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { BorgFailure } from "../../lib/borg/failure_kinds.ts";
import { type BorgResult, runBorg } from "../../lib/borg/run_borg.ts";
import { Tail } from "../../lib/process/output.ts";
import type { StartProgram } from "../../lib/process/program.ts";
import { faultsOf } from "../dangers.ts";
import { repositoryWith } from "./repositories.ts";

const CORPUS = "tests/borg/messages";
/** How many situations there must be; a file that is lost must not go unnoticed. */
const LEAST = 60;

/** A file of the corpus. */
interface Said {
  readonly file: string;
  /** The lines of its head that begin with `# NAME: `. */
  readonly head: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
}

function readSaid(file: string): Said {
  const text = Deno.readTextFileSync(`${CORPUS}/${file}`);
  const end = text.indexOf("\n\n");
  const head = text.slice(0, end).split("\n").map((line): [string, string] => {
    const [, name = "", value = ""] = /^# ([a-z ]+): (.*)$/.exec(line) ?? [];
    assert.notEqual(name, "", `${file}: "${line}" is no line of a head`);
    return [name, value];
  });
  return { file, head: new Map(head), lines: text.slice(end + 2).split("\n").slice(0, -1) };
}

function valueOf({ file, head }: Said, name: string): string {
  const value = head.get(name);
  assert.ok(value !== undefined, `${file} has no line "# ${name}: …"`);
  return value;
}

/** A private key in OpenSSH's own form, as far as anybody looks who does not have its passphrase. */
function lockedKeyFile(): string {
  const body = btoa("openssh-key-v1\0\0\0\0\x0aaes256-ctr\0\0\0\x06bcrypt");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** Gives autoborg the lines as Borg wrote them. */
async function replay(said: Said): Promise<BorgResult> {
  if (said.head.get("ssh key") !== "locked") return await replayWith(said, {});
  const sshKey = await Deno.makeTempFile({ prefix: "autoborg-key-" });
  try {
    await Deno.writeTextFile(sshKey, lockedKeyFile());
    return await replayWith(said, { sshKey });
  } finally {
    await Deno.remove(sshKey);
  }
}

async function replayWith(said: Said, key: { readonly sshKey?: string }): Promise<BorgResult> {
  const start: StartProgram = ({ onStderrLine }) => {
    for (const line of said.lines) onStderrLine?.(line);
    const end = { kind: "exited", code: Number(valueOf(said, "exit")) } as const;
    return Promise.resolve({ end, stdout: "", stderr: new Tail(), duration: 1 });
  };
  // The command's own words begin after the environment and what else was put before Borg.
  const [, command = "list"] = /(?:^|\s)borg ([a-z]+)\b/.exec(valueOf(said, "command")) ?? [];
  return await runBorg({
    repository: repositoryWith({ url: valueOf(said, "repository"), lockWait: 1_000, ...key }),
    args: [command, "--log-json"],
    inherited: {},
    signal: new AbortController().signal,
    start,
    onLine: () => {},
  });
}

const files = [...Deno.readDirSync(CORPUS)].map(({ name }) => name)
  .filter((name) => name.endsWith(".txt")).toSorted();

for (const file of files) {
  Deno.test(`explainFailure() names the cause and what to do for ${file}`, async () => {
    const said = readSaid(file);
    const { end } = await replay(said);
    const kind = valueOf(said, "kind");
    if (kind === "warnings") return assert.equal(end.kind, "warnings");
    assert.ok(end.kind === "failed", `expected a failure, found ${end.kind}`);
    const { message, hint = "" }: BorgFailure = end.failure;
    assert.equal(end.failure.kind, kind, message);
    for (const [name, text] of [["message", message], ["hint", hint]] as const) {
      const expected = valueOf(said, name);
      assert.ok(
        text.includes(expected) && (expected !== "") === (text !== ""),
        `expected the ${name} to have ${JSON.stringify(expected)}, found ${JSON.stringify(text)}`,
      );
    }
    assert.doesNotMatch(message, /^Traceback|SSH_ORIGINAL_COMMAND|^Borg gave no reason/);
    assert.deepEqual(faultsOf(hint), []);
  });
}

Deno.test("the corpus of Borg's messages has enough situations, each with where it is from", () => {
  const all = files.map(readSaid);
  const situations = new Set(all.map((said) => valueOf(said, "situation")));
  assert.ok(situations.size >= LEAST, `expected ${LEAST} situations, found ${situations.size}`);
  for (const said of all) {
    assert.match(
      valueOf(said, "made by"),
      /^(?:Borg 1\.[24]\.\d+.*make\.sh|copied from https:\S+)/,
    );
  }
  const versions = all.flatMap((said) => /^Borg (1\.\d)/.exec(valueOf(said, "made by"))?.[1] ?? []);
  assert.deepEqual([...new Set(versions)].toSorted(), ["1.2", "1.4"]);
});
