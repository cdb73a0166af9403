import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError } from "../../lib/config/config_error.ts";
import { hideUser, parseRepositoryUrl } from "../../lib/config/repository_url.ts";
import { maskedFrame } from "../../lib/config/code_frame.ts";
import { Place, SHORTEST } from "./files.ts";
import { growth } from "../cpu_time.ts";

/** Secrets that stand in the places where secrets stand. */
const SECRET = "geheim-7Qx";
const SECRETIVE = `name = "host"
sources.directories = ["/etc"]
ping.url = "https://host/${SECRET}"
[[repositories]]
label = "a"
url = "/mnt/a" # where it is
passphrase = "${SECRET}"
[[repositories]]
label = "b"
url = "ssh://me@host/b"
passphrase_command = 'show "${SECRET}"'
check = { archives_every = "1d" }
# passphrase = "${SECRET}"
[[repositories]]
label = "c"
url = "/mnt/c"
passphrase = """
label = "${SECRET}"
${SECRET}"""
[mail]
server = "mail"
username = "me"
password = '${SECRET}'
from_address = "a@b"
recipients = [
  "a@b",
]
`;

/** The same without a string of several lines. */
const PLAIN = SECRETIVE.replace(/"""[^]*"""/, `"${SECRET}"`);

/** Puts something in and takes something out. */
const EDIT = fc.record({
  at: fc.nat({ max: SECRETIVE.length }),
  remove: fc.nat({ max: 3 }),
  insert: fc.oneof(
    fc.constant(""),
    fc.constantFrom('"', "'", '"""', "\n", "=", "[", "]", "#", "{", "}", ",", "\\", " ", "x"),
    fc.string({ maxLength: 3 }),
  ),
});

/** A line break is gone, and so the secret stands in the string of a harmless key. */
const ONE_LINE_IN_ANOTHER = PLAIN.replace('b"\npassphrase_command = ', "bpassphrase_comman ");

/** Files with mistakes; more than one would turn the longer string into something harmless. */
const MISTAKEN = fc.oneof(
  fc.tuple(fc.constant(SECRETIVE), fc.array(EDIT, { maxLength: 1 })),
  fc.tuple(fc.constant(PLAIN), fc.array(EDIT, { maxLength: 3 })),
).map(([text, edits]) =>
  edits.reduce(
    (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
    text,
  )
);

Deno.test("loadConfig() shows no secret wherever a character is put in or taken out", async () => {
  using place = new Place();
  await fc.assert(
    fc.asyncProperty(MISTAKEN, async (text) => {
      try {
        await place.load(text);
      } catch (error) {
        assert.ok(error instanceof ConfigError, text);
        // Its fields and its cause may be printed as well.
        const printed = `${error.message}\n${Deno.inspect(error)}`;
        assert.ok(!printed.includes(SECRET), `${text}\n${printed}`);
      }
    }),
    // The same files each time: a search that goes on for ever is done by hand, not before a commit.
    { numRuns: 1000, seed: 1, examples: [[ONE_LINE_IN_ANOTHER]] },
  );
});

Deno.test("loadConfig() shows no line of a secret that a string of another key has swallowed", async () => {
  using place = new Place();
  const rest = `ping.url = "https://host/${SECRET}"\n[[repositories]]\nlabel = "a"\n`;
  const { message } = await place.refuse(`[sources]\ndirectories = """ ["/etc"]\n${rest}"""\n`);
  assert.match(message, /found a string, " \[\\"\/etc\\"\]…"/);
  assert.ok(!message.includes(SECRET), message);
});

Deno.test("loadConfig() shows no secret whatever else is wrong", async () => {
  using place = new Place();
  const junk = fc.constantFrom("true", "7", "[]", "{}", '"x"', "1979-05-27", `"${SECRET}"`);
  const key = fc.constantFrom(
    "passphrase",
    "pasphrase",
    "passphrases",
    "PASSPHRASE",
    "password",
    "passwd",
    "secret",
    "passphrase_command",
    "label",
    "url",
    "optional",
    "lock_wait",
    "encryption",
  );
  const lines = fc.uniqueArray(fc.tuple(key, junk), { selector: ([key]) => key, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(lines, async (lines) => {
      // The secret stands there under its right name too, so that it is known as one.
      const own = lines.some(([key]) => key === "passphrase") ? "" : `passphrase = "${SECRET}"\n`;
      const rest = lines.map(([key, value]) => `${key} = ${value}`).join("\n");
      const { message } = await place.refuse(`nme = 1\n[[repositories]]\n${own}${rest}\n`);
      const named = lines.some(([key, value]) => key === "passphrase" && !value.includes(SECRET));
      // Else nothing tells autoborg that it is a secret when it stands in the label.
      if (!named) assert.ok(!message.includes(SECRET), message);
    }),
    { numRuns: 300 },
  );
});

Deno.test("maskedFrame() shows the line and its neighbours, with a mark below the place", () => {
  assert.equal(
    maskedFrame('[sources]\ndirectories = ["/etc"\nexclude = []\n', 3, 1),
    '2 | directories = ["/etc"\n3 | exclude = []\n    ^\n4 |',
  );
  assert.equal(maskedFrame("[logs]\nkeep = x", 2, 8), "1 | [logs]\n2 | keep = x\n           ^");
});

Deno.test("maskedFrame() shows every key of the schema that is no secret", () => {
  const first = (source: string) => maskedFrame(source, 1, 1).split("\n")[0];
  for (const table of ["retry", "change_guard", "check", "ping"]) {
    assert.equal(first(`[${table}]\nx`), `1 | [${table}]`);
  }
  for (const key of ["waits", "hold", "pruned_elsewhere", "repository_every", "max_duration"]) {
    const source = `${key} = 7d`;
    assert.equal(first(source), `1 | ${source}`);
  }
});

Deno.test("maskedFrame() shows values only behind keys that are harmless", () => {
  const lines: [source: string, shown: string][] = [
    ['label = "disk"', 'label = "disk"'],
    ['passphrase = "x"', "passphrase = ***"],
    ['pasphrase = "x"', "pasphrase = ***"],
    ['passphrase "x"', "passphrase ***"],
    ['"passphrase" = "x"', '"passphrase" = ***'],
    ["hunter2", "***"],
    ['hunter2 label = "disk"', "***"],
    ['passphrase_file = "x"', 'passphrase_file = "x"'],
    ['{ label = "x", passphrase = "x" }', '{ label = "x", passphrase = ***'],
    ['ping.url = "x"', "ping.url = ***"],
    ['url = "https://x"', 'url = "https://***"'],
    ['url = "ssh://me:x@host"', 'url = "ssh://***@host"'],
    ["# passphrase was x", "# ***"],
    [
      'check = { archives_every = "1d" }0passph, = "x"',
      'check = { archives_every = "1d" }0passph, = ***',
    ],
    ['[repositories] pass = "x"', "[repositories] ***"],
    ["[hunter2]", "***"],
    ["label = \x1b[31m", "label = \u00b7[31m"],
  ];
  for (const [source, shown] of lines) {
    assert.equal(maskedFrame(source, 1, 1).split("\n")[0], `1 | ${shown}`);
  }
});

Deno.test("maskedFrame() works no more than a line is long", () => {
  for (const long of [" ", "a", "a ", "=", '"', "'"]) {
    const frame = (size: number) => maskedFrame(`label = 1 ${long.repeat(size)} x`, 1, 1);
    assert.ok(growth(50_000, frame) < 32, JSON.stringify(long));
  }
});

Deno.test("maskedFrame() masks what a secret goes on with in later lines", () => {
  const frame = maskedFrame('passphrase = """\nlabel = "x"\ny"""\nlabel = "z"', 3, 1);
  assert.equal(frame, "2 | label = ***\n3 | ***\n    ^\n4 | label = ***");
  const array = maskedFrame('pasphrase = [\n  "x",\n]\n', 2, 1);
  assert.equal(array, "1 | pasphrase = ***\n2 | ***\n    ^\n3 | ]");
});

Deno.test("parseRepositoryUrl() reads every form of a place", () => {
  const local = ["/mnt/disk", "./relative/path", "../x", "./a:b", "/a:b", "/a b"];
  for (const path of local) assert.deepEqual(parseRepositoryUrl(path), { kind: "local", path });
  assert.deepEqual(parseRepositoryUrl("file:///x"), { kind: "local", path: "/x" });
  const remote = [
    "ssh://host/x",
    "ssh://me@host:22/./x",
    "ssh://[::1]:2222/x",
    "ssh://host/~/x",
    "host:x",
    "me@host:/x/y",
    "me@host:~/x",
  ];
  for (const url of remote) assert.deepEqual(parseRepositoryUrl(url), { kind: "ssh", url });
});

Deno.test("parseRepositoryUrl() never repeats a password", () => {
  const password = fc.string({ minLength: 6, unit: fc.constantFrom(..."aB3/@:#%?") });
  const form = fc.constantFrom("ssh://me:P@host/x", "ssh://me:P@host", "me:P@host:x", "x://m:P@h");
  fc.assert(fc.property(form, password, (form, password) => {
    const url = form.replace("P", () => password);
    assert.ok(!hideUser(url).includes(password), hideUser(url));
    try {
      parseRepositoryUrl(url);
    } catch (error) {
      assert.ok(error instanceof RangeError);
      assert.ok(!error.message.includes(password), error.message);
    }
  }));
});

Deno.test("loadConfig() does not show a passphrase that stands in place of its file", async () => {
  for (const passphrase of ["correct horse battery", "correcthorsebatterystaple"]) {
    using place = new Place();
    const error = await place.refuse(
      SHORTEST.replace(/^passphrase = .*$/m, `passphrase_file = "${passphrase}"`),
    );
    assert.match(error.message, /found a name that may be the secret itself and is not shown/);
    assert.ok(!`${error.message}${JSON.stringify(error.findings)}`.includes(passphrase));
  }
});
