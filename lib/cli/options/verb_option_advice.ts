/** What a single command has instead of an option of another name. Pure data. @module */
import { ownCommand } from "../../text/own_command.ts";
import { commandLine } from "../../text/printable.ts";

/** Options in one string, and what to say of each of them. */
type Advice = readonly [options: string, say: (value: string | undefined, typed: string) => string];

const install = () =>
  `To install the timer: ${ownCommand("systemd", "--write", "/etc/systemd/system")}`;

const OF_VERBS: Readonly<Record<string, readonly Advice[]>> = {
  run: [
    [
      "--prune --compact",
      (_, typed) => `Each run does it. To leave it out: --skip ${typed.slice(2)}`,
    ],
    ["--json --log-json", () => "To print the progress as JSON: --progress json"],
    ["--background --daemon", install],
    ["--now", () => `It starts at once: ${ownCommand("run")}`],
    ["--timeout", () => "It is set in the configuration: timeout in [run]"],
  ],
  init: [["-e", () => "It is set in the configuration: encryption in [[repositories]]"]],
  restore: [
    ["-t -o -d --output --output-dir --dest", () => "To restore to a directory: --to DIR"],
    ["--all", () => `To restore everything: ${ownCommand("restore", "/", "--to", "/tmp/back")}`],
    [
      "--latest",
      () => "It takes the newest archive that has the path; another one: --archive NAME",
    ],
    ["--in-place", () => "To restore to where the files were: --overwrite"],
    ["--db", () => "To restore a database: --database LABEL/NAME"],
    ["--list", () => "To see what it would restore: --dry-run"],
  ],
  list: [[
    "--last -n",
    (value) =>
      `It lists all archives. The last runs: ${ownCommand("history", "--last", value ?? "5")}`,
  ]],
  status: [["--watch -w", () => `To see it again and again: watch ${ownCommand("status")}`]],
  verify: [["--all --deep --full --read-data", () => "To read everything: --files all"]],
  accept: [["-m --message --comment", () => "To record a reason: --reason TEXT"]],
  pin: [
    ["--list -l", () => `To see what is pinned: ${ownCommand("list")}`],
    ["--delete -d", () => "To unpin it: --remove"],
  ],
  setup: [[
    "-y --yes --defaults --non-interactive",
    () => "It asks only for what no option answers",
  ]],
  systemd: [
    [
      "--time --at --schedule",
      (value) => `For another time: --calendar ${commandLine([value ?? "02:00"])}`,
    ],
    ["--hourly --daily --weekly", (_, typed) => `For another time: --calendar ${typed.slice(2)}`],
    ["--install --enable", install],
    ["--remove", () => "To stop the runs: systemctl disable --now autoborg.timer"],
  ],
  "check-config": [[
    "-v --verbose",
    () => "To test everything that a run depends on: --probe",
  ]],
  "show-config": [[
    "--secrets --show-passwords",
    () => "Secrets are never printed, only where each comes from",
  ]],
  "test-notify": [["--to", () => "It is set in the configuration: recipients in [mail]"]],
  completions: [[
    "--shell",
    (value) => `Without an option: ${ownCommand("completions", value ?? "bash")}`,
  ]],
};

/** Says what a command has instead of an option; `undefined`: nobody knows. */
export function adviceOfVerb(
  typed: string,
  verb: string | undefined,
  value: string | undefined,
): string | undefined {
  const [, say] = OF_VERBS[verb ?? ""]?.find(([options]) => options.split(" ").includes(typed)) ??
    [];
  return say?.(value, typed);
}
