import assert from "node:assert/strict";
import { join } from "node:path";
import { MailServer } from "../report/mail/mail_server.ts";
import { Place, repository, type Table } from "./place.ts";
import { type Ended, pause, processesWith } from "./program.ts";

const INLINE = "inline geheim: \"quoted\" 'and' \\ more";
const FROM_FILE = "file-geheim-ü-ß";
const FROM_COMMAND = "command-geheim-47";
const FROM_CREDENTIAL = "credential-geheim-11";
const MAIL = "mail-geheim-99";
const PING = "https://hc-ping.example/ping-geheim-12";

/** A configuration with a secret of every kind, and the mail server that it names. */
async function placeWithSecrets() {
  await using stack = new AsyncDisposableStack();
  const mails = stack.use(
    await MailServer.start({ login: { username: "backup", password: MAIL } }),
  );
  const place = stack.use(await Place.make());
  await place.write("file.passphrase", `${FROM_FILE}\n`);
  const command = `cat ${await place.write("command.passphrase", `${FROM_COMMAND}\n`)}`;
  await place.write("credentials/passphrase.fourth", FROM_CREDENTIAL);
  place.env.CREDENTIALS_DIRECTORY = place.at("credentials");
  const own = (label: string, keys: Table) => ({ label, url: `${label}.borg`, ...keys });
  await place.configure({
    repositories: [
      repository("first", { passphrase: INLINE }),
      own("second", { passphrase_file: "file.passphrase" }),
      own("third", { passphrase_command: command }),
      own("fourth", {}),
    ],
    logs: { directory: "logs", level: "debug" },
    retention: { keep_daily: 7 },
    mail: {
      server: "127.0.0.1",
      port: mails.port,
      security: "none",
      username: "backup",
      password: MAIL,
      from_address: "backup@example.org",
      recipients: ["root@example.org"],
    },
    ping: { url: PING },
  });
  const secrets = [INLINE, FROM_FILE, FROM_COMMAND, FROM_CREDENTIAL, MAIL, PING, command];
  const held = stack.move();
  return { place, mails, secrets, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Runs a verb and notes the arguments of every process of this place meanwhile. */
async function watched(
  place: Place,
  verb: string,
  ...args: readonly string[]
): Promise<Ended & { readonly seen: ReadonlySet<string> }> {
  const seen = new Set<string>();
  const running = place.start(verb, ...args);
  let done = false;
  const watching = (async () => {
    while (!done) {
      for (const process of processesWith(place.directory)) seen.add(process.args.join(" "));
      await pause(20);
    }
  })();
  const ended = await running.end();
  done = true;
  await watching;
  return { ...ended, seen };
}

function filesBelow(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
    const path = join(directory, name);
    return isDirectory ? filesBelow(path) : [path];
  });
}

function requireAbsence(secrets: readonly string[], where: string, text: string): void {
  for (const secret of secrets) {
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
      assert.ok(!text.includes(form), `${where} gives away ${secret}:\n${text}`);
    }
  }
}

Deno.test("no secret is in the output, the logs, the history or any command line", async () => {
  await using made = await placeWithSecrets();
  const { place, secrets } = made;
  for (
    const args of [["init"], ["run"], ["run", "--progress=json", "--skip=check"], [
      "run",
      "--dry-run",
    ]]
  ) {
    const [verb = "", ...rest] = args;
    const { code, stdout, stderr, seen } = await watched(place, verb, ...rest);
    // The ping can't reach anybody here: that may be a warning.
    assert.ok(code === 0 || code === 1, stderr);
    requireAbsence(secrets, args.join(" "), stdout + stderr);
    if (rest[0] !== "--dry-run") {
      assert.ok([...seen].some((line) => /borg/.test(line)), "borg was seen");
    }
    // The command of passphrase_command itself has arguments, as the person who wrote it knows.
    const ours = [...seen].filter((line) => !/^(?:\S*timeout -\S.* \d+ )?cat /.test(line));
    requireAbsence(secrets, "a command line", ours.join("\n"));
  }
  const files = [...filesBelow(place.at("logs")), ...filesBelow(place.at("state"))];
  assert.ok(files.some((path) => path.endsWith("history.db")));
  for (const path of files) {
    requireAbsence(secrets, path, new TextDecoder().decode(await Deno.readFile(path)));
  }
});

Deno.test("no secret is in a mail", async () => {
  await using made = await placeWithSecrets();
  const { place, mails, secrets } = made;
  // There are no repositories yet: whatever a failed run says is in the mail.
  await place.expect(2, "run");
  assert.equal(mails.received.length, 1);
  for (const { raw, text, html } of mails.received) {
    requireAbsence(secrets, "the mail", raw + text + html);
  }
});

Deno.test("no secret is in what the verbs print that only read the configuration", async () => {
  await using made = await placeWithSecrets();
  const { place, secrets } = made;
  for (const verb of ["check-config", "show-config"]) {
    const { stdout, stderr } = await place.expect(0, verb);
    requireAbsence(secrets, verb, stdout + stderr);
    assert.ok(stdout.includes("fourth"));
  }
});

Deno.test("no secret is in what a run says when it fails", async () => {
  await using made = await placeWithSecrets();
  const { place, secrets } = made;
  await place.expect(0, "init");
  await place.write("file.passphrase", "another-geheim\n");
  await Deno.remove(place.at("command.passphrase"));
  const { stdout, stderr } = await place.expect(2, "run");
  assert.match(stderr, /error: second create: wrong passphrase$/m);
  assert.match(stderr, /error: third create: the passphrase_command failed: /);
  requireAbsence([...secrets, "another-geheim"], "the output", stdout + stderr);
  requireAbsence([...secrets, "another-geheim"], "the log", await place.log());
});

Deno.test("no secret is in the errors of a broken configuration", async () => {
  await using made = await placeWithSecrets();
  const { place, secrets } = made;
  const text = await Deno.readTextFile(place.at("config.toml"));
  const broken = [
    text.replace("passphrase =", "pasphrase ="),
    text.replace("passphrase =", "encryption = 7\npassphrase ="),
    text.replace("password =", "pasword ="),
    text.replace(/^passphrase = "/m, "passphrase = inline geheim "),
    text.replace(/^(passphrase = ".*)"$/m, "$1"),
    text.replace(/^(passphrase = .*)$/m, "$1\n$1"),
    text.replace("https://hc", "hc"),
  ];
  for (const variant of broken) {
    assert.notEqual(variant, text);
    await place.write("config.toml", variant);
    const { stdout, stderr } = await place.expect(78, "run");
    requireAbsence([...secrets, "inline geheim", "ping-geheim"], "the error", stdout + stderr);
  }
});

Deno.test("each way to give a passphrase opens the repository that it made", async () => {
  await using made = await placeWithSecrets();
  const { place } = made;
  await place.expect(0, "init");
  const { stderr } = await place.autoborg("run", "--skip=check,compact");
  assert.match(stderr, /first ok, second ok, third ok, fourth ok$/m);
});

Deno.test("run warns in every report when others can read a file with a secret", async () => {
  await using place = await Place.quick();
  await place.init();
  await Deno.chmod(place.at("config.toml"), 0o644);
  const { stderr } = await place.expect(1, "run");
  assert.match(stderr, /warning: Other users may be able to read the secret in ".*config\.toml"/);
  assert.match(await place.log(), /expected mode 0600, found 0644/);
});
