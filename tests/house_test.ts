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
  "archive_state.ts": [],
  "errors.ts": ["type problem.ts"],
  async: ["errors.ts"],
  text: ["errors.ts"],
  channels: ["text"],
  files: ["async", "errors.ts", "text"],
  process: ["async", "errors.ts", "files", "text"],
  state: ["alarm.ts", "archive_state.ts", "errors.ts", "files", "problem.ts", "text"],
  borg: ["async", "errors.ts", "files", "process", "text"],
  zfs: ["async", "errors.ts", "problem.ts", "process", "text"],
  quiesce: ["async", "errors.ts", "problem.ts", "process", "state", "text"],
  config: ["type borg", "channels", "errors.ts", "files", "text"],
  staging: ["async", "errors.ts", "files", "problem.ts", "process", "state", "text", "zfs"],
  verify: ["async", "borg", "errors.ts", "files", "staging", "text"],
  inspect: [
    "alarm.ts",
    "archive_state.ts",
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
    "archive_state.ts",
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
    "quiesce",
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
    "quiesce",
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
    "quiesce",
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

/** The text of each file by its path. */
type Sources = ReadonlyMap<string, string>;

const SOURCES: Sources = new Map(sourcesBelow(["lib", "tests", "scripts"]));
const IMPORTS: readonly Import[] = importsIn(SOURCES);
const INSIDE: readonly Import[] = IMPORTS.filter(({ from }) => from.startsWith("lib/"));

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

function importsIn(sources: Sources): Import[] {
  return [...sources].flatMap(([path, text]) => importsOf(path, text));
}

/** What a file imports of others, and exports of them; `import "…"` and `import("…")` included. */
function importsOf(from: string, text: string): Import[] {
  const all = /^(?:import|export)\s+(?:(type\s+)?([\w*{][^"';]*?)\s+from\s+)?["'](\.[^"']+)["']/gm;
  const found = [...text.matchAll(all)].map(([, type, names = "*", to = ""]) => {
    const words = names.startsWith("{") ? names.slice(1, -1).split(",") : undefined;
    const kept = words?.map((word) => word.trim()).filter((word) => word !== "");
    return {
      from,
      to: normalize(join(dirname(from), to)),
      typesOnly: type !== undefined || (kept?.every((word) => word.startsWith("type ")) ?? false),
      names: kept?.map((word) => word.replace(/^type /, "").split(/\s/)[0] ?? ""),
    };
  });
  const late = [...text.matchAll(/\bimport\(\s*["'`](\.[^"'`]+)["'`]/g)].map(([, to = ""]) => {
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
  if (!to.startsWith("lib/")) return [`${from} imports ${to}: lib imports files of lib alone`];
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

function wrongFolder({ from, to }: Import): string[] {
  const [here, there] = [folderOf(from), folderOf(to)];
  if (here === undefined || there === undefined || here === there) return [];
  const allowed = WITHIN[here] ?? [];
  if (roomOf(from) !== roomOf(to) || allowed.includes(there)) return [];
  return [`${from} imports ${to}: "${here}" may import ${allowed.join(", ") || "no other folder"}`];
}

Deno.test("the folders of a room import each other in the allowed directions only", () => {
  assert.deepEqual(INSIDE.flatMap(wrongFolder), []);
});

function privateFile({ from, to }: Import): string[] {
  const isOpen = to.startsWith("lib/report/") || PUBLIC.includes(to);
  if (roomOf(from) === roomOf(to) || folderOf(to) === undefined || isOpen) return [];
  return [`${from} imports ${to}: files in folders of a room are for that room`];
}

Deno.test("no room imports a private file of another one", () => {
  assert.deepEqual(INSIDE.flatMap(privateFile), []);
  const unused = PUBLIC.filter((path) =>
    !INSIDE.some(({ from, to }) => to === path && roomOf(from) !== roomOf(to))
  );
  assert.deepEqual(unused, [], "public, but no other room imports it");
});

/** Finds circles of files, the types that they import of one another included. */
function circlesIn(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): string[] => {
    const start = way.indexOf(path);
    const circle = [...way.slice(start), path].join(" imports ");
    if (start >= 0) return [`${circle}: no file imports itself by way of others`];
    if (done.has(path)) return [];
    const found = (next.get(path) ?? []).flatMap(({ to }) => walk(to, [...way, path]));
    done.add(path);
    return found;
  };
  return [...next.keys()].flatMap((path) => walk(path, []));
}

Deno.test("no file of lib imports itself by way of others", () => {
  assert.deepEqual(circlesIn(INSIDE), []);
});

const STARTS =
  /\bDeno\s*(?:\.|\?\.|\[")\s*(?:Command|spawn\w*|run)\b|\bCommand\b[^;]*=\s*Deno\b|\bchild_process\b/;
const EXITS = /\b(?:Deno|process)\s*(?:\.|\?\.|\[")\s*(?:exit|abort|reallyExit)\b/;

/** Finds what starts a program or ends ours in the wrong place. */
function misplacedCalls([path, text]: readonly [string, string]): string[] {
  const code = text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, "");
  const [start, exit] = [STARTS, EXITS].map((call) => call.exec(code)?.[0]);
  const isStarter = path.startsWith("lib/process/");
  return [
    ...start === undefined || isStarter
      ? []
      : [`${path}: ${start}: only lib/process/ starts programs`],
    ...exit === undefined || path === "main.ts" ? [] : [`${path}: ${exit}: only main.ts exits`],
  ];
}

Deno.test("only lib/process starts programs, and only main.ts exits", () => {
  const own = [...SOURCES].filter(([path]) => /^(?:lib\/|main\.ts$)/.test(path));
  assert.deepEqual(own.flatMap(misplacedCalls), []);
  assert.match(SOURCES.get("main.ts") ?? "", /\bDeno\.exit\(/);
});

Deno.test("lib makes temporary files in directories of its own, as a compiled program may", () => {
  for (const [path, text] of SOURCES) {
    if (path.startsWith("lib/")) {
      assert.doesNotMatch(text, /\bDeno\.makeTemp(?:Dir|File)\w*\(/, path);
    }
  }
});

/** Finds what files of lib export and no other file imports. */
function unusedExports(sources: Sources): string[] {
  const users = Map.groupBy(importsIn(sources), ({ to }) => to);
  const declared =
    /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|var|class|interface|type|enum|namespace) (\w+)/gm;
  const listed = /^export (?:type )?\{([^}]*)\}/gm;
  const other = /^export (?:default\b|\*|(?:const|let|var) [[{])/m;
  return [...sources].filter(([path]) => path.startsWith("lib/")).flatMap(([path, text]) => {
    const odd = other.exec(text)?.[0];
    if (odd !== undefined) {
      return [`${path}: ${odd}: what is exported is exported where it is declared`];
    }
    const used = users.get(path) ?? [];
    if (used.some(({ names }) => names === undefined)) return [];
    const names = new Set(used.flatMap(({ names }) => names ?? []));
    const exported = [
      ...[...text.matchAll(declared)].map(([, name = ""]) => name),
      ...[...text.matchAll(listed)].flatMap(([, names = ""]) =>
        names.match(/\w+(?=\s*(?:,|$))/g) ?? []
      ),
    ];
    return exported.flatMap((name) =>
      names.has(name) ? [] : [`${path}: ${name}: what no other file imports is not exported`]
    );
  });
}

Deno.test("nothing in lib is exported that no other file imports", () => {
  assert.deepEqual(unusedExports(SOURCES), []);
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

/** Files that break a rule each, and what must be said of it. */
const BROKEN: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
  [
    { "lib/borg/a.ts": 'import { type B } from "../zfs/b.ts";' },
    'lib/borg/a.ts imports lib/zfs/b.ts: "borg" may import ',
  ],
  [
    { "lib/borg/a.ts": 'import "../cli/b.ts";' },
    'lib/borg/a.ts imports lib/cli/b.ts: "borg" may import ',
  ],
  [
    { "lib/text/a.ts": 'const b = await import("../cli/b.ts");' },
    'lib/text/a.ts imports lib/cli/b.ts: "text" may import errors.ts',
  ],
  [
    { "lib/config/a.ts": 'export { b } from "../borg/b.ts";' },
    'lib/config/a.ts imports lib/borg/b.ts: "config" may import type borg',
  ],
  [
    { "lib/text/a.ts": 'import { b } from "../../tests/text/b.ts";' },
    "lib/text/a.ts imports tests/text/b.ts: lib imports files of lib alone",
  ],
  [
    { "lib/report/mail/a.ts": 'import { b } from "../ping/b.ts";' },
    'lib/report/mail/a.ts imports lib/report/ping/b.ts: "report/mail" may import no other folder',
  ],
  [
    { "lib/backup/a.ts": 'import { b } from "../staging/mount/b.ts";' },
    "lib/backup/a.ts imports lib/staging/mount/b.ts: files in folders of a room are for that room",
  ],
  [
    {
      "lib/borg/a.ts": 'import { b } from "./b.ts";',
      "lib/borg/b.ts": 'import type { C } from "./c.ts";',
      "lib/borg/c.ts": 'import { b } from "./b.ts";',
    },
    "lib/borg/b.ts imports lib/borg/c.ts imports lib/borg/b.ts: no file imports itself",
  ],
  [
    { "lib/borg/a.ts": 'new Deno.Command("borg");' },
    "lib/borg/a.ts: Deno.Command: only lib/process/ starts programs",
  ],
  [
    { "lib/zfs/a.ts": "const { Command } = Deno;" },
    "lib/zfs/a.ts: Command } = Deno: only lib/process/ starts programs",
  ],
  [
    { "lib/zfs/a.ts": 'import { spawn } from "node:child_process";' },
    "lib/zfs/a.ts: child_process: only lib/process/ starts programs",
  ],
  [{ "main.ts": 'new Deno["Command"]("borg");' }, 'main.ts: Deno["Command'],
  [{ "lib/cli/a.ts": "Deno.exit(1);" }, "lib/cli/a.ts: Deno.exit: only main.ts exits"],
  [
    { "lib/text/a.ts": "export const b = 1;" },
    "lib/text/a.ts: b: what no other file imports is not exported",
  ],
  [
    { "lib/text/a.ts": "export { b as c };" },
    "lib/text/a.ts: c: what no other file imports is not exported",
  ],
  [{ "lib/text/a.ts": "export default 1;" }, "lib/text/a.ts: export default: what is exported "],
];

Deno.test("what breaks a rule is told with file, import and rule", () => {
  for (const [files, said] of BROKEN) {
    const sources = new Map(Object.entries(files));
    const imports = importsIn(sources);
    const all = [
      ...imports.flatMap((one) => [...broken(one), ...wrongFolder(one), ...privateFile(one)]),
      ...circlesIn(imports),
      ...[...sources].flatMap(misplacedCalls),
      ...unusedExports(sources),
    ];
    assert.ok(all.some((one) => one.startsWith(said)), `${said}\n${all.join("\n")}`);
  }
});
