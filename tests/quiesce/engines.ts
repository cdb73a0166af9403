/**
 * Engines of containers of the tests' own, which start no container: that needs more of the machine
 * than tests can rely on.
 *
 * @module
 */
import { which } from "../e2e/program.ts";

/** An engine that answers; disposing of it ends it. */
export interface RunningEngine extends AsyncDisposable {
  /** Runs the engine's program with the arguments behind those that lead to this engine. */
  run(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
}

/** How long a daemon may take until it answers, in milliseconds: a busy machine is slow. */
const READY = 60_000;

/** An image with one empty file, as a tar archive. */
async function emptyImage(directory: string): Promise<string> {
  await Deno.mkdir(`${directory}/image`);
  await Deno.writeTextFile(`${directory}/image/empty`, "");
  const image = `${directory}/image.tar`;
  await new Deno.Command("tar", { args: ["-C", `${directory}/image`, "-cf", image, "."] }).output();
  return image;
}

async function answer(program: string, args: readonly string[]) {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  const text = new TextDecoder();
  return { success, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Podman with a storage of its own; a string says why there is none. */
export async function startPodman(): Promise<RunningEngine | string> {
  const program = which("podman");
  if (program === undefined) return "podman is not installed";
  const directory = await Deno.makeTempDir({ prefix: "autoborg-podman-" });
  const own = ["--root", `${directory}/root`, "--runroot", `${directory}/run`];
  const options = [...own, "--storage-driver=vfs", "--cgroup-manager=cgroupfs"];
  const engine: RunningEngine = {
    run: (...args) => answer(program, [...options, ...args]),
    async [Symbol.asyncDispose]() {
      await Deno.remove(directory, { recursive: true });
    },
  };
  const imported = await answer(program, [
    ...options,
    "import",
    await emptyImage(directory),
    "empty",
  ]);
  if (imported.success) return engine;
  await engine[Symbol.asyncDispose]();
  return `podman can't be used here: ${imported.stderr.trim().split("\n").at(-1)}`;
}

/** A Docker daemon on a socket of its own; a string says why there is none. */
export async function startDocker(): Promise<RunningEngine | string> {
  const [daemon, client] = [which("dockerd", "/usr/sbin"), which("docker")];
  if (daemon === undefined || client === undefined) return "dockerd or docker is not installed";
  if (Deno.uid() !== 0) return "dockerd needs root";
  const directory = await Deno.makeTempDir({ prefix: "autoborg-docker-" });
  const image = await emptyImage(directory);
  const host = `--host=unix://${directory}/socket`;
  const place = [`--data-root=${directory}/data`, `--exec-root=${directory}/exec`];
  const network = ["--bridge=none", "--iptables=false", "--ip6tables=false"];
  const child = new Deno.Command(daemon, {
    args: [host, ...place, `--pidfile=${directory}/pid`, ...network, "--storage-driver=vfs"],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = new Response(child.stderr).text();
  let isOver = false;
  const ended = child.status.then(() => void (isOver = true));
  const engine: RunningEngine = {
    run: (...args) => answer(client, [host, ...args]),
    async [Symbol.asyncDispose]() {
      if (!isOver) child.kill("SIGTERM");
      await ended;
      await log;
      await Deno.remove(directory, { recursive: true });
    },
  };
  const end = performance.now() + READY;
  while (!isOver && performance.now() < end) {
    if (
      (await answer(client, [host, "import", image, "empty"])).success
    ) {
      return engine;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const lines = isOver ? (await log).trim().split("\n") : ["it does not answer"];
  await engine[Symbol.asyncDispose]();
  return `dockerd can't be used here: ${lines.at(-1)}`;
}
