import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { ROOT } from "./pages.ts";

/**
 * Which rooms of `lib/` each room may import, `type ROOM` for its types alone. Rooms stand above
 * those that they import; whatever is in no room yet belongs to the ground floor.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "problem.ts": [],
  "alarm.ts": [],
  "errors.ts": ["type problem.ts"],
  async: ["errors.ts"],
  text: ["errors.ts"],
  channels: ["text"],
  files: ["async", "errors.ts", "text"],
  process: ["async", "errors.ts", "files", "text"],
  state: ["alarm.ts", "errors.ts", "files", "problem.ts", "text"],
  borg: ["async", "errors.ts", "files", "process", "text"],
  zfs: ["async", "errors.ts", "problem.ts", "process", "text"],
  config: ["type borg", "channels", "errors.ts", "files", "text"],
  staging: ["async", "errors.ts", "files", "problem.ts", "process", "state", "text", "zfs"],
  verify: ["async", "borg", "errors.ts", "files", "staging", "text"],
  inspect: [
    "alarm.ts",
    "async",
    "borg",
    "errors.ts",
    "files",
    "problem.ts",
    "staging",
    "type state",
    "text",
  ],
  databases: ["async", "type config", "errors.ts", "files", "problem.ts", "process", "text"],
  restore: [
    "alarm.ts",
    "async",
    "borg",
    "databases",
    "errors.ts",
    "files",
    "type state",
    "text",
  ],
  systemd: ["config", "errors.ts", "files", "process", "text"],
  setup: ["async", "borg", "config", "errors.ts", "files", "problem.ts", "staging", "text", "zfs"],
  migrate: ["config", "errors.ts", "files", "text"],
  backup: [
    "alarm.ts",
    "async",
    "borg",
    "type config",
    "databases",
    "errors.ts",
    "files",
    "inspect",
    "problem.ts",
    "process",
    "staging",
    "state",
    "text",
    "verify",
  ],
  report: [
    "alarm.ts",
    "async",
    "type backup",
    "channels",
    "type config",
    "errors.ts",
    "files",
    "problem.ts",
    "state",
    "text",
  ],
  probe: [
    "alarm.ts",
    "async",
    "backup",
    "borg",
    "config",
    "databases",
    "errors.ts",
    "files",
    "inspect",
    "problem.ts",
    "process",
    "report",
    "staging",
    "state",
    "text",
    "zfs",
  ],
  cli: [
    "alarm.ts",
    "backup",
    "borg",
    "channels",
    "config",
    "databases",
    "errors.ts",
    "files",
    "inspect",
    "migrate",
    "probe",
    "problem.ts",
    "process",
    "report",
    "restore",
    "setup",
    "staging",
    "state",
    "systemd",
    "text",
    "verify",
    "zfs",
  ],
};

/**
 * The folders within a room that import another one of it. Others know only the files that stand in
 * the room itself: a step of staging takes and returns plain data, and no reporter needs another.
 */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  "cli/completion": ["cli/help", "cli/options"],
  "cli/manual": ["cli/help", "cli/options"],
  "cli/options": ["cli/help"],
  "cli/verbs": ["cli/completion", "cli/options"],
  "report/history": ["report/status"],
  "report/metrics": ["report/status"],
  "report/notify": ["report/status"],
  "report/page": ["report/status"],
  "report/terminal": ["report/history"],
  "staging/select": ["staging/discover"],
  "staging/mount": ["staging/select", "staging/snapshot"],
};

/** The files in folders of a room that other rooms import; reporters and views are all for others. */
const PUBLIC: readonly string[] = [
  "lib/staging/discover/discover_sources.ts",
  "lib/staging/select/select_sources.ts",
];

/** One import of a file of ours in another one. */
interface Import {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
  /** The names that are imported; `undefined`: any, as by `import()`. */
  readonly names: readonly string[] | undefined;
}

const SOURCES: ReadonlyMap<string, string> = new Map(sourcesBelow(["lib", "tests", "scripts"]));
const IMPORTS: readonly Import[] = [...SOURCES].flatMap(([path, text]) => importsOf(path, text));
const INSIDE: readonly Import[] = IMPORTS.filter(({ from, to }) =>
  from.startsWith("lib/") && to.startsWith("lib/")
);

function* sourcesBelow(folders: readonly string[]): Generator<[string, string]> {
  yield ["main.ts", Deno.readTextFileSync(`${ROOT}/main.ts`)];
  for (const folder of folders) {
    for (const entry of Deno.readDirSync(`${ROOT}/${folder}`)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) yield* [...sourcesBelow([path])].slice(1);
      else if (path.endsWith(".ts")) yield [path, Deno.readTextFileSync(`${ROOT}/${path}`)];
    }
  }
}

function importsOf(from: string, text: string): Import[] {
  const all = /^(?:import|export)\s+(type\s+)?(\{[^}]*\}|\*[^"]*?|\w+)\s+from\s+"(\.[^"]+)"/gm;
  const found = [...text.matchAll(all)].map(([, type, names = "", to = ""]) => {
    const words = names.startsWith("{") ? names.slice(1, -1).split(",") : undefined;
    const kept = words?.map((word) => word.trim()).filter((word) => word !== "");
    return {
      from,
      to: normalize(join(dirname(from), to)),
      typesOnly: type !== undefined || (kept?.every((word) => word.startsWith("type ")) ?? false),
      names: kept?.map((word) => word.replace(/^type /, "").split(/\s/)[0] ?? ""),
    };
  });
  const late = [...text.matchAll(/\bimport\(\s*"(\.[^"]+)"/g)].map(([, to = ""]) => {
    return { from, to: normalize(join(dirname(from), to)), typesOnly: false, names: undefined };
  });
  return [...found, ...late].filter(({ to }) => to.endsWith(".ts"));
}

/** The folder below `lib/` that a file is in, or the file itself. */
function roomOf(path: string): string {
  return path.split("/")[1] ?? path;
}

/** The folder within a room that a file is in, such as `staging/zfs`. */
function folderOf(path: string): string | undefined {
  const [, room, folder, file] = path.split("/");
  return file === undefined ? undefined : `${room}/${folder}`;
}

/** Says what is wrong with an import, as a sentence that names file, import and rule. */
function broken({ from, to, typesOnly }: Import): string[] {
  const room = roomOf(from);
  if (room === roomOf(to)) return [];
  const allowed = MAY_IMPORT[room] ?? [];
  if (allowed.includes(roomOf(to))) return [];
  if (typesOnly && allowed.includes(`type ${roomOf(to)}`)) return [];
  return [`${from} imports ${to}: "${room}" may import ${allowed.join(", ") || "nothing"}`];
}

Deno.test("the rooms of lib import each other in the allowed directions only", () => {
  assert.deepEqual(INSIDE.flatMap(broken), []);
});

Deno.test("the rooms of lib that the rules name are those that there are", () => {
  const rooms = new Set([...SOURCES.keys()].filter((path) => path.startsWith("lib/")).map(roomOf));
  assert.deepEqual(Object.keys(MAY_IMPORT).sort(), [...rooms].sort());
});

Deno.test("the rules let no room import one that stands above it", () => {
  const above = new Set<string>();
  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    for (const other of allowed) {
      assert.ok(above.has(other.replace("type ", "")), `"${room}" imports "${other}", above it`);
    }
    above.add(room);
  }
});

Deno.test("a direction that is not allowed is told with file, import and rule", () => {
  const wrong = importsOf("lib/borg/a.ts", 'import { type B } from "../zfs/b.ts";').flatMap(broken);
  assert.match(wrong[0] ?? "", /^lib\/borg\/a\.ts imports lib\/zfs\/b\.ts: "borg" may import /);
});

Deno.test("the folders of a room import each other in the allowed directions only", () => {
  const wrong = INSIDE.filter(({ from, to }) => {
    const [here, there] = [folderOf(from), folderOf(to)];
    if (here === undefined || there === undefined || here === there) return false;
    return roomOf(from) === roomOf(to) && !WITHIN[here]?.includes(there);
  });
  assert.deepEqual(wrong.map(({ from, to }) => `${from} imports ${to}`), []);
});

Deno.test("no room imports a private file of another one", () => {
  const open = (path: string) => path.startsWith("lib/report/") || PUBLIC.includes(path);
  const wrong = INSIDE.filter(({ from, to }) =>
    roomOf(from) !== roomOf(to) && folderOf(to) !== undefined && !open(to)
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} imports ${to}`), []);
  const unused = PUBLIC.filter((path) =>
    !INSIDE.some(({ from, to }) => to === path && roomOf(from) !== roomOf(to))
  );
  assert.deepEqual(unused, [], "public, but no other room imports it");
});

Deno.test("no file of lib imports itself by way of others", () => {
  const next = Map.groupBy(INSIDE, ({ from }) => from);
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    assert.equal(start, -1, [...way.slice(start), path].join(" -> "));
    if (done.has(path)) return;
    for (const { to } of next.get(path) ?? []) walk(to, [...way, path]);
    done.add(path);
  };
  for (const path of next.keys()) walk(path, []);
});

Deno.test("only lib/process starts programs, and only main.ts exits", () => {
  for (const [path, text] of SOURCES) {
    if (!path.startsWith("lib/")) continue;
    const code = text.replace(/^\s*(?:\*|\/\/).*$/gm, "");
    if (!path.startsWith("lib/process/")) {
      assert.doesNotMatch(code, /\bDeno\.Command\b|node:child_process/, path);
    }
    assert.doesNotMatch(code, /\bDeno\.exit\b|\bprocess\.exit\b/, path);
  }
  assert.match(SOURCES.get("main.ts") ?? "", /\bDeno\.exit\(/);
});

Deno.test("lib makes temporary files in directories of its own, as a compiled program may", () => {
  for (const [path, text] of SOURCES) {
    if (path.startsWith("lib/")) {
      assert.doesNotMatch(text, /\bDeno\.makeTemp(?:Dir|File)\w*\(/, path);
    }
  }
});

Deno.test("nothing in lib is exported that no other file imports", () => {
  const users = Map.groupBy(IMPORTS, ({ to }) => to);
  const declared =
    /^export (?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm;
  const unused: string[] = [];
  for (const [path, text] of SOURCES) {
    if (!path.startsWith("lib/")) continue;
    const used = users.get(path) ?? [];
    if (used.some(({ names }) => names === undefined)) continue;
    const names = new Set(used.flatMap(({ names }) => names ?? []));
    for (const [, name = ""] of text.matchAll(declared)) {
      if (!names.has(name)) unused.push(`${path}: ${name}`);
    }
  }
  assert.deepEqual(unused, []);
});

Deno.test("no two files of lib have the same name, the verbs aside", () => {
  const paths = [...SOURCES.keys()].filter((path) => /^lib\/(?!cli\/verbs\/)/.test(path));
  const sameName = [...Map.groupBy(paths, (path) => path.split("/").at(-1)).values()];
  assert.deepEqual(sameName.filter(({ length }) => length > 1), []);
});

Deno.test("a file of lib with more than 250 lines says why in its first comment", () => {
  for (const [path, text] of SOURCES) {
    if (!path.startsWith("lib/") || text.split("\n").length <= 251) continue;
    const [comment = ""] = text.split("*/");
    assert.match(comment, /\b[Ll]ong(?:er)?\b/, `${path} has ${text.split("\n").length - 1} lines`);
  }
});
