/**
 * Makes the pictures of the documents; `scripts/pictures.sh` checks that all programs are installed.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { terminalPage } from "./terminal_page.ts";
import { MailServer } from "../tests/report/mail/mail_server.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PICTURES = join(ROOT, "docs/pictures");
const NIGHTS = 21;
const DAY = 86_400_000;
/**
 * The last night; the pictures are made in the morning after it. All nights are to come: a proof
 * leaves out files that the kernel says are newer than the backup, and the kernel's clock stays.
 */
const LAST = new Date(Math.ceil(Date.now() / DAY + NIGHTS) * DAY + 3.5 * 3_600_000);

const scratch = await Deno.makeTempDir({ prefix: "autoborg-pictures-" });
try {
  await using server = await MailServer.start();
  await prepare(server.port);
  await autoborg(LAST.getTime() - NIGHTS * DAY, "init");
  for (let night = NIGHTS - 1; night >= 0; night--) {
    await changeFiles(night);
    if (night === 0) await configure(server.port, "ssh://borg@backup.example.org/srv/borg/web1");
    await autoborg(LAST.getTime() - night * DAY, "run", "--progress", "none");
  }
  const mails = server.received;
  await picture("mail-ok", mails.at(-2)?.html ?? "", { width: 860, height: 860 });
  await picture("mail-failed", mails.at(-1)?.html ?? "", { width: 860, height: 700 });
  const morning = LAST.getTime() + 5 * 3_600_000;
  const status = await onTerminal(morning, "status");
  await picture("status", terminalPage("autoborg status", status), { width: 1000 });
  await autoborg(morning, "history", "--html", join(scratch, "history.html"));
  const page = await Deno.readTextFile(join(scratch, "history.html"));
  await picture("history", page, { width: 900, height: 1200 });
} finally {
  await Deno.remove(scratch, { recursive: true });
}

async function prepare(port: number): Promise<void> {
  for (const name of ["etc", "home/anna", "home/ben", "borg", "bin"]) {
    await Deno.mkdir(join(scratch, name), { recursive: true });
  }
  // Borg's clock is set as well: prune and the mail ask it.
  await Deno.writeTextFile(
    join(scratch, "bin/borg"),
    `#!/bin/sh\nexec faketime -f "@$(cat ${scratch}/clock)" "$(PATH=\${PATH#*:} command -v borg)" "$@"\n`,
  );
  await Deno.chmod(join(scratch, "bin/borg"), 0o755);
  for (let file = 0; file < 400; file++) {
    const owner = file % 3 === 0 ? "etc" : file % 3 === 1 ? "home/anna" : "home/ben";
    await Deno.writeFile(join(scratch, owner, `file-${file}`), noise(2_000 + file * 150));
  }
  await configure(port, "offsite.borg");
}

async function configure(port: number, offsite: string): Promise<void> {
  const file = join(scratch, "config.toml");
  await Deno.writeTextFile(
    file,
    `name = "web1"
sources.directories = ["./etc", "./home"]
retention = { keep_daily = 7, keep_weekly = 4 }
paths = { temp_dir = "./temp", state_dir = "./state" }
logs.directory = "./logs"
[[repositories]]
label = "disk"
url = "./disk.borg"
same_disk = true
passphrase = "correct horse battery"
[[repositories]]
label = "offsite"
url = "./${offsite}"
passphrase = "staple battery horse"
same_disk = true
check.repository_every = "7d"
[[repositories]]
label = "usb"
url = "/mnt/usb-that-is-not-there/borg"
passphrase = "another horse"
optional = true
[mail]
server = "127.0.0.1"
port = ${port}
security = "none"
from_address = "backup@example.org"
recipients = ["root@example.org"]
`,
  );
  await Deno.chmod(file, 0o600);
}

/** A night's work of two people. */
async function changeFiles(night: number): Promise<void> {
  const many = 3 + (night * 7) % 13;
  for (let file = 0; file < many; file++) {
    const size = 20_000 + 9_000 * ((night * file) % 11);
    await Deno.writeFile(join(scratch, "home/anna", `mail-${night}-${file}`), noise(size));
  }
  await Deno.writeFile(join(scratch, "etc", "file-0"), noise(2_000 + night));
}

function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)));
  }
  return bytes;
}

/** Runs autoborg on the machine "web1" at a time. */
async function autoborg(time: number, verb: string, ...args: readonly string[]): Promise<void> {
  const ended = await onMachine(time, commandLine(verb, ...args));
  // The last night is not a good one.
  if (ended.code > 2) throw new Error(`${verb}: ${ended.stderr}`);
}

/** The same on a terminal, with its colours. */
async function onTerminal(time: number, verb: string): Promise<string> {
  const inner = commandLine(verb).map((word) => `'${word}'`).join(" ");
  const { stdout } = await onMachine(time, [
    "script",
    "-qec",
    `stty cols 140; ${inner}`,
    "/dev/null",
  ]);
  return stdout.replaceAll("\r", "");
}

function commandLine(verb: string, ...args: readonly string[]): string[] {
  const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt", "-P"];
  const config = `--config=${join(scratch, "config.toml")}`;
  return [...deno, `--config=${ROOT}deno.json`, `${ROOT}main.ts`, verb, config, ...args];
}

async function onMachine(
  time: number,
  command: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const clock = new Date(time).toISOString().slice(0, 19).replace("T", " ");
  await Deno.writeTextFile(join(scratch, "clock"), clock);
  const script = 'hostname web1; exec faketime -f "$@"';
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: ["--uts", "sh", "-c", script, "sh", `@${clock}`, ...command],
    env: {
      PATH: `${scratch}/bin:${Deno.env.get("PATH") ?? ""}`,
      TZ: "UTC",
      TERM: "xterm-256color",
      SHELL: "/bin/sh",
      BORG_BASE_DIR: join(scratch, "borg"),
    },
    cwd: scratch,
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Takes a screenshot; what is longer than `height` is left out. */
async function picture(
  name: string,
  html: string,
  size: { readonly width: number; readonly height?: number },
): Promise<void> {
  if (html === "") throw new Error(`There is nothing to see in ${name}`);
  const page = join(scratch, `${name}.html`);
  await Deno.writeTextFile(page, html);
  const tall = await heightOf(page, size.width);
  const height = Math.min(tall, size.height ?? tall);
  const file = join(PICTURES, `${name}.png`);
  await chromium([`--screenshot=${file}`, `--window-size=${size.width},${height}`, page]);
  const line = `${name}.png ${size.width}x${height}, ${(await Deno.stat(file)).size} bytes\n`;
  await Deno.stdout.write(new TextEncoder().encode(line));
}

async function heightOf(page: string, width: number): Promise<number> {
  const asking = page.replace(".html", ".asking.html");
  const ask = "<script>document.title = document.documentElement.scrollHeight</script>";
  // The policy of a page lets no script run, and so none that could say how high it is.
  const free = (await Deno.readTextFile(page)).replace(/<meta http-equiv=[^>]*>/, "");
  await Deno.writeTextFile(asking, `${free}${ask}`);
  const dom = await chromium(["--dump-dom", `--window-size=${width},100`, asking]);
  return Number(/<title>(\d+)<\/title>/.exec(dom)?.[1] ?? 800);
}

async function chromium(args: readonly string[]): Promise<string> {
  const profile = await Deno.makeTempDir({ dir: scratch });
  const { code, stdout, stderr } = await new Deno.Command("chromium", {
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--hide-scrollbars",
      `--user-data-dir=${profile}`,
      ...args,
    ],
  }).output();
  if (code !== 0) throw new Error(`chromium: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
