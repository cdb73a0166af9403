/**
 * A machine on which nobody has used autoborg yet: a mount namespace in which `/etc`, `/home`,
 * `/mnt`, `/root`, `/run` and `/var` are private. What a document tells to type is typed there, at
 * the very paths that stand in it, and leaves nothing behind.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { autoborgCommand, ROOT, runToEnd, searchPath, which } from "./program.ts";

/** Something to be typed. */
export interface Step {
  /** For the shell. */
  readonly code: string;
}

/** What became of it. */
export interface Typed {
  readonly code: number;
  /** Standard output and standard error as they appear on a terminal. */
  readonly output: string;
}

/** What is left running ends with the machine. Root needs no namespace of users. */
const UNSHARE = [
  "unshare",
  ...(Deno.uid() === 0 ? [] : ["--map-root-user"]),
  ...["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
];

/** Why there can be no such machine here; `undefined` when there can. */
export const NO_STRANGER: string | undefined = await whyNot();

async function whyNot(): Promise<string | undefined> {
  const missing = ["unshare", "bash", "base64", "cmp"].find((name) => which(name) === undefined);
  if (missing !== undefined) return `${missing} is not installed`;
  const env = { PATH: searchPath() };
  const tried = await runToEnd([...UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"], { env });
  return tried.code === 0 ? undefined : "mount namespaces are not allowed";
}

/**
 * Types commands one after the other, until one fails.
 *
 * @param steps what is typed
 * @returns what became of each step that was typed
 */
export async function typeAll(steps: readonly Step[]): Promise<readonly Typed[]> {
  // Not in $TMPDIR, which may lie below a directory that becomes private.
  const scratch = await Deno.makeTempDir({ dir: "/tmp", prefix: "autoborg-stranger-" });
  try {
    await Deno.mkdir(join(scratch, "steps"));
    for (const [index, { code }] of steps.entries()) {
      await Deno.writeTextFile(join(scratch, "steps", String(index)), `set -euo pipefail\n${code}`);
    }
    await Deno.writeTextFile(join(scratch, "machine"), machine(scratch, steps.length));
    const registry = Deno.env.get("NPM_CONFIG_REGISTRY");
    const env = {
      PATH: `${searchPath()}:/usr/sbin:/sbin`,
      // Deno keeps the packages of each registry apart.
      ...(registry === undefined ? {} : { NPM_CONFIG_REGISTRY: registry }),
    };
    const ended = await runToEnd([...UNSHARE, "bash", join(scratch, "machine")], { env });
    if (ended.code !== 0) throw new Error(`There is no machine: ${ended.stderr}`);
    return typed(scratch, steps.length);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

function typed(scratch: string, count: number): Typed[] {
  const done: Typed[] = [];
  for (let index = 0; index < count; index++) {
    const file = join(scratch, "steps", `${index}.code`);
    try {
      const code = Number(Deno.readTextFileSync(file));
      const output = Deno.readTextFileSync(join(scratch, "steps", `${index}.output`));
      done.push({ code, output });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) break;
      throw error;
    }
  }
  return done;
}

/** The program may lie below one of the directories that become private. */
function keptPlaces(): { readonly kept: Readonly<Record<string, string>>; readonly start: string } {
  const home = Deno.env.get("HOME") ?? "";
  const [program = "", ...args] = autoborgCommand();
  if (args.length === 0) {
    return { kept: { bin: dirname(program) }, start: `"$kept/bin/${basename(program)}"` };
  }
  return {
    kept: {
      bin: dirname(Deno.execPath()),
      cache: Deno.env.get("DENO_DIR") ?? join(home, ".cache/deno"),
      tree: ROOT,
    },
    start: 'DENO_DIR="$kept/cache" "$kept/bin/deno" run --quiet --no-prompt -P ' +
      '--config="$kept/tree/deno.json" "$kept/tree/main.ts"',
  };
}

/** The script that makes the machine and types on it. */
function machine(scratch: string, steps: number): string {
  const { kept, start } = keptPlaces();
  return `set -euo pipefail
scratch=${scratch} kept=$scratch/kept
mount --make-rprivate / 2>/dev/null || true
${
    Object.entries(kept).map(([name, path]) =>
      `mkdir -p "$kept/${name}"; mount --bind "${path}" "$kept/${name}"`
    ).join("\n")
  }
mkdir -p "$scratch"/new/{home/anna,mnt/backup,root,run,var/{lib,log,backups}} "$scratch/bin"
cp -a /etc "$scratch/new/etc" 2>/dev/null || true
ln -s /run "$scratch/new/var/run"
rm -rf "$scratch/new/etc/autoborg"
echo myhost >"$scratch/new/etc/hostname"
printf 'Dear Bob,\\n' >"$scratch/new/home/anna/letter.txt"
for directory in etc home mnt root run var; do
  mount --bind "$scratch/new/$directory" "/$directory"
done
# The disk that the documents ask for.
mount -t tmpfs none /mnt/backup
cat >"$scratch/bin/autoborg" <<'EOF'
#!/bin/bash
kept=${scratch}/kept
exec env ${start} "$@"
EOF
cat >"$scratch/bin/sudo" <<'EOF'
#!/bin/bash
[[ $1 != -u ]] || exec runuser -u "$2" -- "\${@:3}"
exec "$@"
EOF
chmod +x "$scratch"/bin/*
cd /root
for ((step = 0; step < ${steps}; step++)); do
  code=0
  env -i PATH="$scratch/bin:$PATH" HOME=/root LC_ALL=C.UTF-8 DENO_NO_UPDATE_CHECK=1 \\
    \${NPM_CONFIG_REGISTRY:+"NPM_CONFIG_REGISTRY=$NPM_CONFIG_REGISTRY"} \\
    bash "$scratch/steps/$step" >"$scratch/steps/$step.output" 2>&1 </dev/null || code=$?
  echo "$code" >"$scratch/steps/$step.code"
  [[ $code -eq 0 ]] || break
done
`;
}
