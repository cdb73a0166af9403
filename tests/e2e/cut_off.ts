/**
 * A real sshd whose `borg serve` is cut off at chosen points: the whole server is killed then, and
 * started again.
 *
 * @module
 */
import { join } from "node:path";
import { exists, type Place, type Table } from "./place.ts";
import { pause, type Running } from "./program.ts";
import { SshServer } from "./sshd.ts";

/**
 * When a session is cut off: before it says a word, when so many bytes have come from the client, or
 * when the server has committed what it was sent and the answer is on its way.
 */
export type CutOff = "start" | `bytes:${number}` | "committed";

/** What Borg does: its command, and for `list` what it lists. */
export type Session = "create" | "verify" | "inspect" | "count" | "check" | "prune" | "compact";

/** Notes what Borg does, so that the server can tell its sessions apart, and starts it. */
const NOTING = `#!/bin/sh
case "$*" in
*--patterns-from*) session=verify ;;
"list "*" --json "*) session=inspect ;;
"list "*) session=count ;;
*) session=$1 ;;
esac
echo "$session" > "$CONTROL/session"
PATH=\${PATH#*:}
exec borg "$@"
`;

/** Stands between sshd and `borg serve`. Each cut is made once, by the first session of its kind. */
const BETWEEN = `
import os, select, subprocess, sys, time
control, command = sys.argv[1], sys.argv[2:]
session = open(f"{control}/session").read().strip() if os.path.exists(f"{control}/session") else ""
number = 1
while os.path.exists(f"{control}/cuts/{session}.{number}.done"):
    number += 1
cut = f"{control}/cuts/{session}.{number}"
if not os.path.exists(cut):
    os.execvp(command[0], command)
action, _, count = open(cut).read().partition(":")

def cut_off():
    os.rename(cut, f"{cut}.done")
    while True:
        time.sleep(60)

if action == "start":
    cut_off()
serve = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
answers = serve.stdout.fileno()
sent, tail = 0, b""
while True:
    for ready in select.select([0, answers], [], [])[0]:
        data = os.read(ready, 65536)
        if not data:
            sys.exit(0)
        if ready == answers:
            os.write(1, data)
            continue
        serve.stdin.write(data)
        serve.stdin.flush()
        sent += len(data)
        if action == "bytes" and sent >= int(count):
            cut_off()
        tail = (tail + data)[-64:]
        if action == "committed" and b"commit" in tail:
            serve.stdin.close()
            while os.read(answers, 65536):
                pass
            serve.wait()
            cut_off()
`;

/** Such a server. */
export class CutOffServer implements AsyncDisposable {
  readonly #server: SshServer;
  readonly #control: string;

  private constructor(server: SshServer, control: string) {
    this.#server = server;
    this.#control = control;
  }

  /** Starts it; the repositories lie in the directory of the place. */
  static async start(place: Place): Promise<CutOffServer> {
    const control = place.at("control");
    await Deno.mkdir(join(control, "cuts"), { recursive: true });
    await place.write("noting/borg", NOTING.replace("$CONTROL", control), 0o700);
    place.env.PATH = `${place.at("noting")}:${place.env.PATH}`;
    const between = await place.write("between.py", BETWEEN);
    const server = await SshServer.start(place.directory, {
      before: ["python3", "-IS", between, control],
    });
    return new CutOffServer(server, control);
  }

  /** The keys of a `[[repositories]]` that lies on this server. */
  repository(label: string): Table {
    return this.#server.repository(label);
  }

  /** Says at which points sessions are cut off from now on, one after the other. */
  async plan(cuts: Readonly<Partial<Record<Session, readonly CutOff[]>>>): Promise<void> {
    for (const [session, points] of Object.entries(cuts)) {
      for (const [index, point] of points.entries()) {
        await Deno.writeTextFile(join(this.#control, "cuts", `${session}.${index + 1}`), point);
      }
    }
  }

  /**
   * Kills the server whenever a session is cut off and starts it again, until a program has ended.
   *
   * @returns how often it was killed
   */
  async killUntilEnd(running: Running): Promise<number> {
    let isOver = false;
    const ended = running.end().finally(() => isOver = true);
    let kills = 0;
    while (!isOver) {
      const done = [...Deno.readDirSync(join(this.#control, "cuts"))]
        .filter(({ name }) => name.endsWith(".done")).length;
      if (done > kills) {
        kills = done;
        await this.#server.kill();
        await this.#server.restart();
      } else await pause(50);
    }
    await ended;
    return kills;
  }

  /** Whether a point was reached; points are counted from 1 for each kind of session. */
  wasCut(session: Session, point: number): boolean {
    return exists(join(this.#control, "cuts", `${session}.${point}.done`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}
