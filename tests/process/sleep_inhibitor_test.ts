import assert from "node:assert/strict";
import { inhibitSleep } from "../../lib/process/sleep_inhibitor.ts";

/** A directory for a stand-in of systemd-inhibit: the real one needs a logind that can be asked. */
class Programs implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "autoborg-inhibit-" });

  async write(script: string): Promise<void> {
    const text = `#!/bin/sh\n${script}`.replaceAll("HERE", this.directory);
    await Deno.writeTextFile(`${this.directory}/systemd-inhibit`, text, { mode: 0o700 });
  }

  get environment() {
    return { PATH: `${this.directory}:${Deno.env.get("PATH") ?? ""}` };
  }

  /** Waits for a file to appear. */
  async appears(name: string): Promise<string> {
    for (;;) {
      try {
        return await Deno.readTextFile(`${this.directory}/${name}`);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** As the real one does it: says what it was given, runs the program, and has released the lock then. */
const HOLD = 'echo "$@" >HERE/.held && mv HERE/.held HERE/held\nfor last; do :; done\n"$last"\n' +
  "touch HERE/released\n";

/** Nobody waits for its end, which is the point of it: the test may be over before. */
const UNAWAITED = { sanitizeOps: false, sanitizeResources: false };

Deno.test("inhibitSleep() holds a lock until it is disposed of", UNAWAITED, async () => {
  await using programs = new Programs();
  await programs.write(`trap '' TERM\n${HOLD}`);
  const held = inhibitSleep("a backup is running", programs.environment);
  const args = await programs.appears("held");
  assert.equal(
    args,
    "--what=sleep:shutdown --mode=block --who=autoborg --why=a backup is running cat\n",
  );
  held[Symbol.dispose]();
  // The end of the pipe alone releases it, as when we are killed.
  await programs.appears("released");
});

Deno.test("inhibitSleep() leaves no lock behind when the process is killed", async () => {
  await using programs = new Programs();
  await programs.write(HOLD);
  const module = import.meta.resolve("../../lib/process/sleep_inhibitor.ts");
  const environment = JSON.stringify(programs.environment);
  const script = `import { inhibitSleep } from "${module}";
    globalThis.held = inhibitSleep("a backup is running", ${environment});
    setInterval(() => {}, 60_000);`;
  const killed = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "--quiet", "--no-check", "-A", "-"],
    stdin: "piped",
  }).spawn();
  const writer = killed.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  await programs.appears("held");
  killed.kill("SIGKILL");
  await killed.status;
  await programs.appears("released");
});

Deno.test("inhibitSleep() ends one that waits for an answer of D-Bus", UNAWAITED, async () => {
  await using programs = new Programs();
  const onTerm = "trap 'touch HERE/ended; kill $!; exit' TERM\n";
  await programs.write(`${onTerm}sleep 600 & touch HERE/waits\nwait\n`);
  const held = inhibitSleep("a backup is running", programs.environment);
  await programs.appears("waits");
  held[Symbol.dispose]();
  await programs.appears("ended");
});

Deno.test("inhibitSleep() says nothing when there is no lock to be had", UNAWAITED, async () => {
  await using programs = new Programs();
  const missing = inhibitSleep("nothing", { PATH: "/nowhere" });
  missing[Symbol.dispose]();
  await programs.write("touch HERE/refused\nexit 1\n");
  const refused = inhibitSleep("nothing", programs.environment);
  await programs.appears("refused");
  refused[Symbol.dispose]();
});
