import assert from "node:assert/strict";
import { optionAdvice } from "../../../lib/cli/options/option_advice.ts";

/** An option as people type it, where, and what they read; `undefined`: nothing better than the usual. */
type Case = readonly [typed: string, advice: RegExp | undefined, where?: Where];
type Where = NonNullable<Parameters<typeof optionAdvice>[1]>;

const OF_RUN = { verb: "run", options: ["--progress", "--repo", "--skip"] } as const;

const CASES: readonly Case[] = [
  ["-C", /--config/],
  ["--force", /never replaced.*--anew/, { verb: "init" }],
  ["-f", /--overwrite/, { verb: "restore" }],
  ["--force", /--overwrite/, { verb: "systemd" }],
  ["--force", /Nothing can be forced/, { verb: "run" }],
  ["--force", /fuser -vm/, { verb: "umount" }],
  ["--force", undefined, { verb: "list" }],
  ["-a", /autoborg list latest/, { verb: "list" }],
  ["--archive", /autoborg list web-1/, { verb: "list", value: "web-1" }],
  ["--archive", /--last N/, { verb: "find" }],
  ["-a", /--archive NAME/, { verb: "verify", options: ["--archive"] }],
  ["-a", undefined, { verb: "status" }],
  ["-p", /--passphrase-file FILE/, { verb: "setup" }],
  ["--password", /passphrase_file/],
  ["-s", /--directory DIR/, { verb: "setup" }],
  ["--sources", /directories in \[sources\]/],
  ["-vvv", /--progress plain/, OF_RUN],
  ["--debug", undefined, { verb: "list" }],
  ["-q", /--progress none/, OF_RUN],
  ["--quiet", undefined],
  ["-r", /--repo LABEL/, OF_RUN],
  ["-r", /"status" always covers/, { verb: "status" }],
  ["--repo", /"recover" always covers/, { verb: "recover" }],
  ["-r", undefined, { verb: "schema" }],
  ["--only", /--repo LABEL; to leave out steps: --skip STEP/, OF_RUN],
  ["--only", /--repo LABEL$/, { options: ["--repo"] }],
  ["--only", undefined],
  ["--from", /--archive NAME/, { options: ["--repo"] }],
  ["--since", /--last N/, { options: ["--last"] }],
  ["--until", undefined],
  ["-name", /without an option/],
  ["-o", /> FILE/],
  ["--exclude-from", /exclude in \[sources\]/],
  ["-x", /exclude in \[sources\]/],
  ["--compression", /each of \[\[repositories\]\]/],
  ["--tag", /Archives have no tags/],
  ["--stats", /autoborg list/],
  ["--include", /Paths are given without an option/],
  ["--keep-daily", /\[retention\]/],
  ["-e", /encryption in/, { verb: "init" }],
  ["-t", /--to DIR/, { verb: "restore" }],
  ["-n", /autoborg history --last 5/, { verb: "list" }],
  ["--last", /autoborg history --last 9/, { verb: "list", value: "9" }],
  ["-w", /watch autoborg status/, { verb: "status" }],
  ["--all", /--files all/, { verb: "verify" }],
  ["--schedule", /--calendar 02:00/, { verb: "systemd" }],
  ["--at", /--calendar 04:30/, { verb: "systemd", value: "04:30" }],
  ["-v", /--probe/, { verb: "check-config" }],
  ["--shell", /autoborg completions zsh/, { verb: "completions", value: "zsh" }],
  ["--test", /--dry-run/, { options: ["--dry-run"] }],
  ["-d", /--dry-run/, { options: ["--dry-run"] }],
  ["--simulate", undefined, { verb: "list" }],
  ["--no-check", /--skip check/, OF_RUN],
  ["--skip-prune", /--skip prune/, OF_RUN],
  ["--no-check", undefined, { verb: "list" }],
  ["--compact", /--skip compact/, OF_RUN],
  ["--log-json", /--progress json/, OF_RUN],
  ["--daemon", /autoborg systemd --write/, OF_RUN],
  ["--timeout", /timeout in \[run\]/, OF_RUN],
  ["-o", /--to DIR/, { verb: "restore" }],
  ["--all", /autoborg restore \/ --to/, { verb: "restore" }],
  ["--in-place", /--overwrite/, { verb: "restore" }],
  ["--db", /--database/, { verb: "restore" }],
  ["--date", /--at TIME/, { verb: "restore", options: ["--at"] }],
  ["--date", undefined, { verb: "list" }],
  ["--from", undefined, { verb: "migrate", options: ["--help"] }],
  ["--repository", /"status" always covers/, { verb: "status" }],
  ["-m", /--reason TEXT/, { verb: "accept" }],
  ["--list", /autoborg list/, { verb: "pin" }],
  ["--delete", /--remove/, { verb: "pin" }],
  ["--to", /recipients in \[mail\]/, { verb: "test-notify" }],
  ["--secrets", /never printed/, { verb: "show-config" }],
  ["-y", /no option answers/, { verb: "setup" }],
  ["--install", /--write/, { verb: "systemd" }],
  ["--daily", /--calendar daily/, { verb: "systemd" }],
  ["--remove", /disable --now/, { verb: "systemd" }],
  ["--deep", /--files all/, { verb: "verify" }],
  ["--nothing-like-it", undefined],
];

Deno.test("optionAdvice() leads from options of other programs to what is meant here", () => {
  for (const [typed, expected, where] of CASES) {
    const advice = optionAdvice(typed, where);
    const what = `${where?.verb ?? ""} ${typed}: ${advice}`;
    if (expected === undefined) assert.equal(advice, undefined, what);
    else assert.match(advice ?? "", expected, what);
  }
});
