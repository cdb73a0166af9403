/**
 * Shells that complete autoborg's command line, driven as a person drives them: on a terminal, with
 * the tabulator.
 *
 * @module
 */
import { join } from "node:path";
import { SCRIPTS } from "../../lib/cli/completion/scripts.ts";
import { autoborgCommand, runToEnd, searchPath, type Start } from "./program.ts";

/** A directory with the scripts for all shells, and an `autoborg` that shows its arguments. */
export class CompletionPlace implements AsyncDisposable {
  /** The directory; the working directory of the shells. */
  readonly directory: string;
  /** The environment of the shells. */
  readonly env: Record<string, string>;

  private constructor(directory: string) {
    this.directory = directory;
    this.env = {
      PATH: `${join(directory, "bin")}:${searchPath()}`,
      HOME: join(directory, "home"),
      TERM: "dumb",
      LC_ALL: "C.UTF-8",
      DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME") ?? ""}/.cache/deno`,
    };
  }

  /**
   * Makes such a directory.
   *
   * @param config the configuration, which `$AUTOBORG_CONFIG` names; without it there is none
   */
  static async make(config?: string): Promise<CompletionPlace> {
    const place = new CompletionPlace(await Deno.makeTempDir({ prefix: "autoborg-shells-" }));
    for (const name of ["bin", "home", "work"]) await Deno.mkdir(join(place.directory, name));
    const command = autoborgCommand().map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const program = place.write(
      "bin/autoborg",
      "#!/bin/sh\n" +
        `if [ "$1 $2" = 'completions propose' ]; then exec ${command} "$@" 2>>"$HOME/errors"; fi\n` +
        `printf '<%s>' "$@"; printf '.\\n'\n`,
    );
    await Deno.chmod(program, 0o755);
    place.write("autoborg.bash", SCRIPTS.bash);
    place.write("_autoborg", SCRIPTS.zsh);
    place.write("autoborg.fish", SCRIPTS.fish);
    if (config !== undefined) place.env.AUTOBORG_CONFIG = place.write("config.toml", config);
    return place;
  }

  /** Writes a file below the directory, and says where it is. */
  write(name: string, content: string): string {
    const path = join(this.directory, name);
    Deno.writeTextFileSync(path, content);
    return path;
  }

  /** What the program has said on standard error while it proposed; there must be nothing. */
  get errors(): string {
    try {
      return Deno.readTextFileSync(join(this.directory, "home/errors"));
    } catch {
      return "";
    }
  }

  /** How a program is started here. */
  get start(): Start {
    return { env: this.env, cwd: join(this.directory, "work") };
  }

  /**
   * Types lines into bash, each of them to its end.
   *
   * @param lines what is typed, with the tabulator where it is pressed
   * @param setup commands that come first
   * @returns the arguments that autoborg got, in the order of the lines
   */
  async typeIntoBash(lines: readonly string[], setup = ""): Promise<string[]> {
    const ready = `${setup}. ../autoborg.bash`;
    return await this.#type("bash --norc --noprofile -i", ready, lines);
  }

  /** The same for zsh. */
  async typeIntoZsh(lines: readonly string[]): Promise<string[]> {
    const ready = "fpath=(.. $fpath); autoload -Uz compinit; compinit -u -D";
    return await this.#type("zsh -f -i", ready, lines);
  }

  /**
   * Asks fish what it would propose.
   *
   * @param line what is typed
   * @returns its proposals, each with its explanation behind a tab
   */
  async askFish(line: string): Promise<string[]> {
    const commands = "source ../autoborg.fish; complete -C (cat | string collect)";
    const ended = await runToEnd(["fish", "--no-config", "-c", commands], {
      ...this.start,
      stdin: line,
    });
    return `${ended.stdout}${ended.stderr}`.split("\n").filter((one) => one !== "");
  }

  /** Calls the function of bash as other functions do: with words, without the line. */
  async callBashFunction(words: readonly string[]): Promise<string[]> {
    const call =
      '. ../autoborg.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); unset COMP_LINE; ' +
      '_autoborg "$1" "${@: -1}" "${@: -2:1}"; ((${#COMPREPLY[@]} == 0)) || ' +
      'printf "%s\\n" "${COMPREPLY[@]}"';
    const ended = await runToEnd(["bash", "--norc", "-c", call, "bash", ...words], this.start);
    return `${ended.stdout}${ended.stderr}`.split("\n").filter((one) => one !== "");
  }

  async #type(shell: string, ready: string, lines: readonly string[]): Promise<string[]> {
    const terminal = new Deno.Command("script", {
      args: ["-qec", shell, "/dev/null"],
      clearEnv: true,
      env: this.env,
      cwd: join(this.directory, "work"),
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const keys = terminal.stdin.getWriter();
    const screen = terminal.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let shown = "";
    const type = async (text: string) => await keys.write(new TextEncoder().encode(text));
    const until = async (pattern: RegExp): Promise<string> => {
      for (let found = pattern.exec(shown);; found = pattern.exec(shown)) {
        if (found !== null) {
          shown = shown.slice(found.index + found[0].length);
          return found[0];
        }
        const { done, value } = await screen.read();
        if (done) throw new Error(`The shell ended before ${pattern}:\n${shown}`);
        shown += value;
      }
    };
    await type(`${ready}; PS1='re''ady '\n`);
    await until(/ready /);
    const results: string[] = [];
    for (const line of lines) {
      await type(`${line}\n`);
      results.push((await until(/<.*>\.\r?\n|ready /)).trimEnd());
      if (!results.at(-1)?.startsWith("ready")) await until(/ready /);
    }
    await type("exit\n");
    for (let ended = false; !ended;) ended = (await screen.read()).done;
    await keys.close().catch(() => {});
    await terminal.status;
    return results;
  }

  /** Removes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}
