/**
 * Stands between autoborg and its programs, so that it can be killed at an exact point, and so that what
 * it started can be read.
 *
 * @module
 */
import { sh } from "./machine.ts";

const DIRECTORY = "/opt/shims";

/** When and how the parent of a program is killed. */
export interface Ambush {
  /** What the command line starts with, such as `zfs hold`. */
  readonly command: string;
  /** Before the program does its work (it then does none), or after. */
  readonly when: "before" | "after";
  readonly signal: "KILL" | "TERM";
}

// The signal goes to the parent, which is autoborg itself: there is no shell in between.
const SHIM = `#!/bin/bash
name=\${0##*/}
line="$name $*"
echo "$line" >>${DIRECTORY}/log
if [[ -f ${DIRECTORY}/hang && "$line" == $(cat ${DIRECTORY}/hang) ]]; then trap '' TERM; sleep 600; fi
signal=$(cat ${DIRECTORY}/signal 2>/dev/null)
strike() { rm -f ${DIRECTORY}/command; kill -"$signal" "$PPID"; }
match() { [[ -f ${DIRECTORY}/command && "$line" == "$(cat ${DIRECTORY}/command)"* ]]; }
when=$(cat ${DIRECTORY}/when 2>/dev/null)
if match && [[ $when == before ]]; then strike; [[ $signal == KILL ]] && exit 1; fi
PATH=/usr/sbin:/usr/bin:/sbin:/bin "$name" "$@"
code=$?
if match && [[ $when == after ]]; then strike; fi
exit $code
`;

/**
 * Lets commands hang that look like this, deaf to SIGTERM as a command at a suspended pool is.
 *
 * @param pattern of Bash, such as `zfs snapshot *stuck*`
 */
export async function letHang(pattern: string): Promise<void> {
  await Deno.writeTextFile(`${DIRECTORY}/hang`, pattern);
}

/** Puts the shims in front; disposing of them takes them away. */
export async function layShims(ambush?: Ambush): Promise<AsyncDisposable> {
  await sh("mkdir", "-p", DIRECTORY);
  for (const name of ["zfs", "mount", "umount", "borg"]) {
    await Deno.writeTextFile(`${DIRECTORY}/${name}`, SHIM, { mode: 0o755 });
  }
  if (ambush !== undefined) {
    await Deno.writeTextFile(`${DIRECTORY}/signal`, ambush.signal);
    await Deno.writeTextFile(`${DIRECTORY}/when`, ambush.when);
    await Deno.writeTextFile(`${DIRECTORY}/command`, ambush.command);
  }
  return { [Symbol.asyncDispose]: () => Deno.remove(DIRECTORY, { recursive: true }) };
}

/** The command lines that went through the shims. */
export async function shimLog(): Promise<readonly string[]> {
  const text = await Deno.readTextFile(`${DIRECTORY}/log`);
  return text.split("\n").filter((line) => line !== "");
}
