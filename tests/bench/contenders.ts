/**
 * The same night by three programs: autoborg, Borg started by a shell, and borgmatic. All of them
 * make an archive in two repositories side by side or one after the other, check everything, prune
 * and compact.
 *
 * @module
 */

/** Where the measurement takes place. */
export interface Place {
  /** An empty directory. */
  readonly scratch: string;
  /** How many small files the source has. */
  readonly files: number;
}

/** A program that makes a night. */
export interface Contender {
  readonly name: string;
  /** Its environment; each has repositories and a cache of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** Creates its repositories. */
  readonly init: readonly string[];
  /** One night. */
  readonly night: readonly string[];
}

const LABELS = ["one", "two"];
const PASSPHRASE = "only for this measurement";

/** Makes the source: small files, a thousand in each directory. */
export function makeSource({ scratch, files }: Place): void {
  for (let file = 0; file < files; file += 1) {
    const directory = `${scratch}/source/d${Math.floor(file / 1_000)}`;
    if (file % 1_000 === 0) Deno.mkdirSync(directory, { recursive: true });
    Deno.writeTextFileSync(`${directory}/f${file % 1_000}`, `${file}\n`.repeat(3));
  }
}

/**
 * autoborg with nothing but what Borg does as well, or with files that are read back.
 *
 * @param binary the compiled program
 */
export function autoborg(place: Place, binary: string, verify: boolean): Contender {
  const home = homeOf(place, verify ? "autoborg-verify" : "autoborg");
  const repositories = LABELS.map((label) =>
    `[[repositories]]\nlabel = "${label}"\nurl = "./${label}"\nsame_disk = true\n` +
    `passphrase = "${PASSPHRASE}"\n`
  );
  const file = `${home}/config.toml`;
  Deno.writeTextFileSync(
    file,
    `name = "bench"\n[sources]\ndirectories = ["${place.scratch}/source"]\n[retention]\n` +
      `keep_daily = 7\n[logs]\ndirectory = "./logs"\n[paths]\ntemp_dir = "./temp"\n` +
      `state_dir = "./state"\n${verify ? "" : "[verify]\nfiles = 0\n"}${repositories.join("")}`,
    { mode: 0o600 },
  );
  return {
    name: verify ? "autoborg, reading back" : "autoborg",
    env: { ...environment(home), AUTOBORG_CONFIG: file },
    init: [binary, "init"],
    night: [binary, "run"],
  };
}

/** Borg alone, both repositories side by side as autoborg does it. */
export function bareBorg(place: Place): Contender {
  const home = homeOf(place, "borg");
  const create = 'borg create --json "$1::bench-$(date +%s.%N)" source && ' +
    'borg check "$1" && borg prune --keep-daily=7 --glob-archives="bench-*" "$1" && borg compact "$1"';
  const night = `night() { ${create}; }; cd "${place.scratch}"; night "${home}/one" & first=$!; ` +
    `night "${home}/two" && wait $first`;
  const init = LABELS.map((label) => `borg init --encryption=repokey-blake2 "${home}/${label}"`);
  return {
    name: "borg",
    env: environment(home),
    init: ["sh", "-c", init.join(" && ")],
    night: ["sh", "-c", night],
  };
}

/**
 * borgmatic as Debian 12 has it (1.7.7); `undefined` when it is not installed.
 *
 * Its checks look only at archives with a prefix: without the one that its archives have, nothing
 * but the repository would be checked.
 */
export function borgmatic(place: Place): Contender | undefined {
  try {
    if (!new Deno.Command("borgmatic", { args: ["--version"] }).outputSync().success) return;
  } catch {
    return undefined;
  }
  const home = homeOf(place, "borgmatic");
  const file = `${home}/config.yaml`;
  Deno.writeTextFileSync(
    file,
    `location:\n    source_directories:\n        - ${place.scratch}/source\n` +
      `    repositories:\n${LABELS.map((label) => `        - ${home}/${label}\n`).join("")}` +
      `storage:\n    encryption_passphrase: "${PASSPHRASE}"\n` +
      `    archive_name_format: "bench-{now:%Y-%m-%dT%H:%M:%S.%f}"\n` +
      `retention:\n    keep_daily: 7\n    prefix: "bench-"\n` +
      `consistency:\n    checks:\n        - name: repository\n        - name: archives\n` +
      `    prefix: "bench-"\n`,
    { mode: 0o600 },
  );
  const program = ["borgmatic", "--config", file];
  return {
    name: "borgmatic",
    env: { ...environment(home), HOME: home },
    init: [...program, "init", "--encryption", "repokey-blake2"],
    night: [...program, "create", "check", "prune", "compact"],
  };
}

function homeOf({ scratch }: Place, name: string): string {
  const home = `${scratch}/${name}`;
  Deno.mkdirSync(home, { recursive: true });
  return home;
}

function environment(home: string): Record<string, string> {
  return { BORG_BASE_DIR: `${home}/base`, BORG_PASSPHRASE: PASSPHRASE };
}
