import assert from "node:assert/strict";
import type { RepositoryMemory } from "../../../lib/backup/repository_memory.ts";
import { watchKey } from "../../../lib/backup/steps/key_watch.ts";
import { keyFileText, keyFingerprint, parseKeyCopy } from "../../../lib/borg/key_copy.ts";
import { type KeyState, UNKNOWN_KEY } from "../../../lib/state/key_ledger.ts";
import { BorgDouble } from "../../borg/double.ts";
import { ID, KEY_FILE } from "../../borg/sample_key.ts";
import { emptyMemory, planWith, TARGET } from "../plans.ts";

const NOW = Date.UTC(2026, 10, 22, 4);
const DAY = 86_400_000;

const parsed = parseKeyCopy(KEY_FILE);
assert.ok(parsed.kind === "copy");
const KEY = parsed.copy.blob;
/** The same with another passphrase. */
const OTHER = KEY.with(60, (KEY[60] ?? 0) ^ 1);

/** What is known of the key. */
function memoryOf(known: Partial<KeyState> = {}): RepositoryMemory {
  let key = { ...UNKNOWN_KEY, ...known };
  const noteKey = (seen: string, seenAt: number) => void (key = { ...key, seen, seenAt });
  return emptyMemory({ key: () => key, noteKey });
}

interface Look {
  readonly memory?: RepositoryMemory;
  readonly borg?: BorgDouble;
  readonly url?: string;
  readonly encryption?: string;
  readonly keyFile?: string;
}

/** What a run says of the key, and what Borg was asked for that. */
async function look({ memory = memoryOf(), borg = new BorgDouble(), url, ...listing }: Look) {
  const context = {
    plan: planWith({ startedAt: new Date(NOW) }),
    target: { ...TARGET, ...(url === undefined ? {} : { url }) },
    ...{ inherited: {}, start: borg.start, signal: new AbortController().signal, emit: () => {} },
  };
  const { encryption = "repokey", keyFile } = listing;
  const remarks = await watchKey(context, memory, { encryption, keyFile });
  return { remarks: remarks.join("\n"), started: borg.started, key: memory.key() };
}

const SERVER = "ssh://borg@backup.example/./disk";

/** A file with a text, as long as the work needs it. */
async function withFile(name: string, text: string, work: (path: string) => Promise<void>) {
  const directory = await Deno.makeTempDir({ prefix: "autoborg-key-" });
  try {
    await Deno.writeTextFile(`${directory}/${name}`, text);
    await work(`${directory}/${name}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("watchKey() reads a key file itself, and says that it was never exported", async () => {
  await withFile("key", KEY_FILE, async (keyFile) => {
    const found = await look({ url: SERVER, encryption: "keyfile", keyFile });
    assert.match(found.remarks, /^its key was never exported: the only one is on this machine/);
    assert.deepEqual(found.started, [], "Borg is not asked");
    assert.deepEqual([found.key.seen, found.key.seenAt], [keyFingerprint(KEY), NOW]);
  });
});

Deno.test("watchKey() reads the key in a repository of this machine itself", async () => {
  const [first = "", ...lines] = KEY_FILE.trimEnd().split("\n");
  const config = `[repository]\nversion = 1\nid = ${first.split(" ")[1]}\nkey = ${
    lines.join("\n\t")
  }\n`;
  await withFile("config", config, async (path) => {
    const memory = memoryOf({ kept: keyFingerprint(KEY), keptAt: NOW - DAY });
    const found = await look({ memory, url: path.replace(/\/config$/, "") });
    assert.equal(found.remarks, "", "it is the one that was exported");
    assert.deepEqual(found.started, []);
    assert.equal(found.key.seen, keyFingerprint(KEY));
  });
});

Deno.test("watchKey() says that the key has changed since it was exported", async () => {
  await withFile("key", keyFileText(ID, OTHER), async (keyFile) => {
    const kept = { kept: keyFingerprint(KEY), keptAt: NOW - DAY, seen: keyFingerprint(KEY) };
    const { remarks } = await look({ memory: memoryOf(kept), encryption: "keyfile", keyFile });
    assert.match(remarks, /^its key has changed since it was exported at .*: that copy needs the/);
  });
});

Deno.test("watchKey() goes by what is known when the key can't be read, or is none", async () => {
  const kept = { kept: keyFingerprint(KEY), keptAt: 1, seen: keyFingerprint(KEY), seenAt: 5 };
  for (const keyFile of ["/nonexistent/key", "/dev/null"]) {
    const { remarks, key } = await look({ memory: memoryOf(kept), encryption: "keyfile", keyFile });
    assert.equal(remarks, "");
    assert.equal(key.seenAt, 5, "nothing was seen");
  }
  const { remarks } = await look({ url: "/nonexistent/repository" });
  assert.match(remarks, /^its key was never exported: the only one is in the repository/);
});

Deno.test("watchKey() says nothing of a repository without a key", async () => {
  const found = await look({ url: SERVER, encryption: "none" });
  assert.deepEqual([found.remarks, found.started], ["", []]);
});

/** When a server was asked last, and whether it is asked now. */
const ASKED: readonly (readonly [string, Partial<KeyState>, boolean])[] = [
  ["the key was never exported", { seenAt: NOW - 30 * DAY }, false],
  ["it was asked six days ago", { kept: "x", keptAt: 1, seenAt: NOW - 6 * DAY }, false],
  ["it was asked a week ago", { kept: "x", keptAt: 1, seenAt: NOW - 7 * DAY }, true],
  ["the key may have changed by hand", { kept: "x", keptAt: 1, seenAt: 0 }, true],
  ["the clock was set back since", { kept: "x", keptAt: 1, seenAt: NOW + DAY }, true],
];

for (const [when, known, isAsked] of ASKED) {
  Deno.test(`watchKey() ${isAsked ? "asks" : "does not ask"} a server when ${when}`, async () => {
    const borg = new BorgDouble();
    borg.set("borg key", { stdout: KEY_FILE });
    const found = await look({ memory: memoryOf(known), borg, url: SERVER });
    assert.deepEqual(found.started, isAsked ? ["borg key"] : []);
    if (isAsked) {
      assert.deepEqual([found.key.seen, found.key.seenAt], [keyFingerprint(KEY), NOW]);
      assert.match(found.remarks, /^its key has changed since it was exported/);
    }
  });
}

Deno.test("watchKey() leaves what is known when a server does not give its key", async () => {
  const known = { kept: "x", keptAt: 1, seen: "x", seenAt: NOW - 8 * DAY };
  const borg = new BorgDouble();
  borg.fails("key", "Connection closed by remote host", "ConnectionClosed");
  const failed = await look({ memory: memoryOf(known), borg, url: SERVER });
  borg.set("borg key", { stdout: "no key" });
  const none = await look({ memory: memoryOf(known), borg, url: SERVER });
  for (const { remarks, key } of [failed, none]) {
    assert.deepEqual([remarks, key.seenAt], ["", known.seenAt]);
  }
});
