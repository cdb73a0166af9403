/**
 * Everything around a run with a fault in it: a place of its own, a mail server, a Borg that does
 * nothing, and files of others that nobody may touch.
 *
 * @module
 */
import { exists, Place, repository, type Table } from "../e2e/place.ts";
import {
  autoborgCommand,
  eventually,
  processesWith,
  ROOT,
  Running,
  which,
} from "../e2e/program.ts";
import { MailServer } from "../report/mail/mail_server.ts";

/** The name of the configuration. */
export const NAME = "web";

/** How long a program may take before it counts as one that hangs, in milliseconds. */
export const TIMEOUT = Number(Deno.env.get("AUTOBORG_FAULT_TIMEOUT") ?? 120_000);

/**
 * What the quick Borg does: it knows which archives it made, and what was in the last one. A file beside
 * it with the name of a command is read first; it may end the whole.
 */
const QUICK_BORG = `#!/bin/sh
command=$1
place=\${0%/bin/borg}
target=$(while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done; echo "$2")
label=\${target%%::*}
known=$place/bin/\${label##*/}
if [ "$command" = create ]; then
  echo "\${target##*::}" >> "$known.archives"
  (while [ "$1" != -- ]; do shift; done; shift 2; find "$@" -printf '%M %s %p\\n') \\
    > "$known.entries" 2> /dev/null
fi
if [ -f "$0.d/$command" ]; then . "$0.d/$command"; fi
case $command in
create)
  echo '{"type":"file_status","status":"A","path":"source/one.txt"}' >&2
  printf '%s%s' '{"archive":{"stats":{"nfiles":3,"original_size":50008,"compressed_size":50100,' \\
    '"deduplicated_size":50100}},"cache":{"stats":{"unique_csize":60000}}}'
  echo
  ;;
list)
  case "$*" in
  *' --json '*)
    archives=
    if [ -f "$known.archives" ]; then
      while read -r name; do
        start=\${name#web-}
        start=\${start%Z-*}.000000
        archives="$archives\${archives:+,}{\\"name\\":\\"$name\\",\\"id\\":\\"$name\\",\\"start\\":\\"$start\\"}"
      done < "$known.archives"
    fi
    printf '{"repository":{"id":"%s","last_modified":"%s"},' \\
      "\${label##*/}" "$(date -u +%Y-%m-%dT%H:%M:%S.000000)"
    printf '"encryption":{"mode":"repokey-blake2"},"archives":[%s]}\\n' "$archives"
    ;;
  *)
    for word; do
      case $word in --format=*) format=\${word#--format=} ;; esac
    done
    sed "s/^/\${format%% *} /" "$known.entries"
    ;;
  esac
  ;;
--version) echo 'borg 1.2.4' ;;
esac
`;

/** Files that belong to others: beside ours, where ours are. */
const FOREIGN: Readonly<Record<string, string>> = {
  "foreign/precious.txt": "theirs",
  "foreign/deep/er/.hidden": "theirs too",
  "metrics/other.prom": "other 1\n",
  "home/.profile": "umask 022\n",
};

/** The same in directories that the program makes by itself when they are missing. */
const FOREIGN_IN_OURS: Readonly<Record<string, string>> = {
  "state/notes.txt": "mine",
  "state/journal-db.json.txt": "no journal",
  "state/mail/db-2026-01-01T00:00:00Z-0123abcd.eml": "Subject: of another series\r\n\r\n",
  "logs/notes.txt": "mine",
  "logs/web.log": "of another program",
  "logs/db-2020-01-01T00:00:00Z-0123abcd.log": "of another series",
};

/** One run with a fault, and what is around it. */
export class Scene implements AsyncDisposable {
  readonly place: Place;
  readonly mails: MailServer;
  readonly #child: readonly string[];
  readonly #resources = new AsyncDisposableStack();
  readonly #started: Running[] = [];
  readonly #busy: { left: number };

  private constructor(
    place: Place,
    mails: MailServer,
    child: readonly string[],
    busy: { left: number },
  ) {
    this.#busy = busy;
    this.place = place;
    this.mails = mails;
    this.#child = child;
    this.#resources.use(place);
    this.#resources.use(mails);
  }

  /**
   * Makes a scene.
   *
   * @param tables tables of the configuration
   * @param options whether the real Borg is there, and the kind and the name of a fault that is put
   * into the process of the program
   */
  static async make(
    tables: Table,
    options: { readonly real: boolean; readonly child: readonly [string, string] | undefined },
  ): Promise<Scene> {
    const place = await Place.make();
    const busy = { left: 0 };
    const mails = await MailServer.start({
      reject: () => busy.left-- > 0 ? { code: 451, text: "4.3.2 busy" } : undefined,
    });
    const scene = new Scene(place, mails, options.child ?? [], busy);
    for (const [name, text] of Object.entries({ ...FOREIGN, ...FOREIGN_IN_OURS })) {
      await place.write(name, text);
    }
    await scene.configure(tables);
    if (options.real) await place.init();
    else await scene.#quicken();
    return scene;
  }

  /** Writes the configuration anew. */
  async configure(tables: Table): Promise<void> {
    await this.place.configure({
      repositories: [repository("first"), repository("second")],
      metrics: { textfile: "metrics/autoborg.prom" },
      mail: {
        server: "localhost",
        port: this.mails.port,
        security: "none",
        from_address: "backup@example.org",
        recipients: ["root@example.org"],
      },
      ...tables,
    });
  }

  /** Starts `autoborg run` with the fault in it. */
  start(...args: readonly string[]): Running {
    return this.startCommand(this.command(...args));
  }

  /** The command line of `autoborg run` with the fault in it. */
  command(...args: readonly string[]): readonly string[] {
    const words = [...autoborgCommand()];
    if (this.#child.length > 0) {
      words.splice(-1, 1, `${ROOT}tests/faults/child.ts`, ...this.#child);
    }
    return [...words, "run", `--config=${this.place.at("config.toml")}`, ...args];
  }

  /** Starts another program in the place. */
  startCommand(command: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const { place } = this;
    const running = new Running(command, { env: { ...place.env, ...env }, cwd: place.directory });
    this.#started.push(running);
    return running;
  }

  /** Lets the quick Borg do something at a command: lines for the shell. */
  async borgDoes(command: string, ...lines: readonly string[]): Promise<void> {
    await this.place.write(`bin/borg.d/${command}`, `${lines.join("\n")}\n`, 0o700);
  }

  /** Lets the quick Borg do what it does by itself. */
  async borgIsGood(): Promise<void> {
    await Deno.remove(this.place.at("bin/borg.d"), { recursive: true }).catch(() => {});
  }

  /** Files of others that were there before. */
  get foreign(): readonly string[] {
    const { place } = this;
    const names = [...Object.keys(FOREIGN), ...Object.keys(FOREIGN_IN_OURS)];
    return [...names.map((name) => place.at(name)), place.at("source")];
  }

  /** Something that must be given back at the end, such as a mount. */
  defer(end: () => void | Promise<void>): void {
    this.#resources.defer(end);
  }

  /** Makes a small file system of its own that can be filled; needs root. */
  async mountSmall(name: string, size: string): Promise<string> {
    const path = this.place.at(name);
    await Deno.mkdir(path, { recursive: true });
    this.#command("mount", "-t", "tmpfs", "-o", `size=${size},mode=0700`, "tmpfs", path);
    this.defer(() => this.#command("umount", "-l", path));
    return path;
  }

  /** Where a repository is on this machine. */
  repositoryPath(label: string): string {
    const path = this.place.at("disk", `${label}.borg`);
    return exists(path) ? path : this.place.at(`${label}.borg`);
  }

  /** Makes what a crashed run left half-written as old as if hours had passed. */
  async letHoursPass(): Promise<void> {
    const spool = this.place.at("state/mail");
    for (const { name } of Deno.readDirSync(spool)) {
      if (name.endsWith(".new")) await Deno.utime(`${spool}/${name}`, 1_700_000_000, 1_700_000_000);
    }
  }

  /** Lets the mail server be too busy for the next mails. */
  mailsAreBusy(count: number): void {
    this.#busy.left = count;
  }

  /** Waits until Borg says that it waits. */
  async borgWaits(): Promise<void> {
    await this.waitFor("Borg to be at work", () => exists(this.place.at("waits")));
  }

  /** Lets Borg go on. */
  async letBorgGo(): Promise<void> {
    await this.place.write("go", "");
  }

  /** Runs a program of the system, such as `mount`, to its end. */
  system(program: string, ...args: readonly string[]): void {
    this.#command(program, ...args);
  }

  /** The programs that are at work in the place, without those that the test started itself. */
  processes(): readonly number[] {
    return processesWith(this.place.directory).map(({ pid }) => pid);
  }

  /** Waits for a condition, at most the timeout of the tests. */
  async waitFor(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    if (!await eventually(holds, TIMEOUT)) throw new Error(`expected ${what}, waited for nothing`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const running of this.#started) {
      try {
        running.kill("SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await this.#resources.disposeAsync();
  }

  async #quicken(): Promise<void> {
    const { place } = this;
    await place.write("bin/borg", QUICK_BORG, 0o700);
    place.env.PATH = `${place.at("bin")}:${place.env.PATH}`;
  }

  #command(program: string, ...args: readonly string[]): void {
    const path = which(program, "/usr/sbin", "/sbin") ?? program;
    const { success, stderr } = new Deno.Command(path, { args: [...args] }).outputSync();
    const said = new TextDecoder().decode(stderr);
    if (!success) throw new Error(`${program} ${args.join(" ")}: ${said}`);
  }
}

/** Where the real Borg puts what it knows; it is not looked at for what a run left. */
export function isOfBorg(place: Place, path: string): boolean {
  return /^(base|reader)(\/|$)/.test(path.slice(place.directory.length + 1)) ||
    /\.borg(\/|$)/.test(path);
}
