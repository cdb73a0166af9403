import assert from "node:assert/strict";
import { exists, lines, passphraseOf, Place, repository, snapshot } from "./place.ts";
import { autoborgCommand, runToEnd } from "./program.ts";

Deno.test("run ends with 78 when both lists of sources are empty", async () => {
  await using place = await Place.make({ sources: { directories: [] } });
  const { stderr } = await place.expect(78, "run");
  assert.match(stderr, /sources\.directories/);
  assert.match(stderr, /zfs\.datasets/);
});

Deno.test("every verb ends with 78 and lists all errors of a broken configuration", async () => {
  await using place = await Place.make();
  await place.write(
    "config.toml",
    [
      'name = "web"',
      "[sources]",
      'directoriess = ["source"]',
      "[check]",
      'enabled = "yes"',
      "[[repositories]]",
      'label = "first"',
      'url = "first.borg"',
      'passphrase = "geheim of first"',
      'lock_wait = "soon"',
      "[logs]",
      `directory = "${place.at("logs")}"`,
    ].join("\n"),
  );
  for (const verb of ["run", "init", "check-config", "show-config", "recover"]) {
    const { stdout, stderr } = await place.expect(78, verb);
    assert.match(stderr, /config\.toml:3:1.*directoriess/);
    assert.match(stderr, /did you mean "directories"/i);
    assert.match(stderr, /config\.toml:5:\d+.*check\.enabled/);
    assert.match(stderr, /config\.toml:10:\d+.*lock_wait/);
    assert.equal(stdout, "");
  }
  assert.ok(!exists(place.at("state")), "nothing was touched");
});

Deno.test("recover needs no secret, which systemd may keep for the service alone", async () => {
  await using place = await Place.make({
    repositories: [{
      label: "first",
      url: "first.borg",
      passphrase_file: "$CREDENTIALS_DIRECTORY/x",
    }],
  });
  await place.expect(78, "check-config");
  const { stdout } = await place.expect(0, "recover");
  assert.equal(stdout, "Nothing to clean up\n");
});

Deno.test("every verb ends with 78 when there is no configuration", async () => {
  await using place = await Place.make();
  await Deno.remove(place.at("config.toml"));
  const { stderr } = await place.expect(78, "run");
  assert.match(stderr, /Cannot read the configuration ".*config\.toml": it does not exist/);
});

Deno.test("a wrong command line ends with 64 and says what is wrong", async () => {
  await using place = await Place.make();
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["ru"], /did you mean.*run/i],
    [["run", "--dry"], /dry/],
    [["run", "--skip", "creat"], /creat/],
    [["run", "--progress", "loud"], /loud/],
    [["run", "surplus"], /surplus|argument/i],
    [["run", "--config", place.at("config.toml"), "--repo", "third"], /"third".*"first"/s],
    [["init", "--config", place.at("config.toml"), "--repo", "third"], /"third".*"first"/s],
  ];
  for (const [args, says] of cases) {
    const ended = await runToEnd([...autoborgCommand(), ...args], {
      env: place.env,
      cwd: place.directory,
    });
    assert.equal(ended.code, 64, `${args.join(" ")}: ${ended.code} ${ended.stderr}`);
    assert.match(ended.stderr, says);
    assert.equal(ended.stdout, "");
  }
});

Deno.test("--version and --help answer on standard output", async () => {
  await using place = await Place.make();
  const start = { env: place.env, cwd: place.directory };
  const version = await runToEnd([...autoborgCommand(), "--version"], start);
  assert.match(version.stdout, /^autoborg \d+\.\d+\.\d+, (from source|built \d{4}-\d\d-\d\d).*\n$/);
  assert.equal(version.code, 0);
  const help = await runToEnd([...autoborgCommand(), "--help"], start);
  assert.match(help.stdout, /run.*check-config.*init/s);
  assert.equal(help.code, 0);
});

/** What Borg is started for in each repository, in this order. */
const STEPS_OF_BORG = ["create", "list", "check", "extract", "prune", "compact"];

Deno.test("run --dry-run prints the argument lists and changes nothing at all", async () => {
  await using place = await Place.make({
    sources: { directories: ["source"], exclude: ["*.tmp"], one_file_system: true },
    retention: { keep_daily: 7 },
    repositories: [repository("first", { compression: "lz4" }), repository("second")],
  });
  await place.init();
  const before = snapshot(place.directory);
  const { stdout, stderr } = await place.expect(0, "run", "--dry-run");
  assert.deepEqual(snapshot(place.directory), before);
  assert.equal(stderr, "");
  const commands = lines(stdout).filter((line) => line.startsWith("borg "));
  assert.deepEqual(
    commands.map((line) => line.split(" ")[1]),
    [...STEPS_OF_BORG, ...STEPS_OF_BORG],
  );
  const [create = ""] = commands;
  for (const part of ["--compression=lz4", "'--exclude=*.tmp'", "--one-file-system"]) {
    assert.ok(create.includes(part), `${part} is missing in ${create}`);
  }
  assert.ok(create.endsWith(` ${place.archived("source")}`));
  for (const label of ["first", "second"]) assert.ok(!stdout.includes(passphraseOf(label)));
});

Deno.test("run --dry-run prints commands that the real borg understands", async () => {
  await using place = await Place.make({
    sources: { directories: ["source"], exclude: ["-tmp", "o'clock *", "sh:**/a b"] },
    retention: { keep_within: "7d", keep_last: 3, keep_yearly: -1 },
  });
  await place.init();
  const { stdout } = await place.expect(0, "run", "--dry-run");
  const env = { ...place.env, BORG_PASSPHRASE: passphraseOf("first") };
  for (const line of lines(stdout).filter((line) => line.startsWith("borg "))) {
    const [made = ""] = await place.archives("first");
    const shown = line.replace(/::ARCHIVE$/, `::${made}`);
    const ended = await runToEnd(["sh", "-c", shown], { env, cwd: "/" });
    assert.equal(ended.code, 0, `${shown}\n${ended.stderr}`);
  }
  assert.equal((await place.archives("first")).length, 1);
});

Deno.test("run --dry-run --list names each file, and why the real borg excludes others", async () => {
  await using place = await Place.make({
    sources: {
      directories: ["source"],
      exclude: ["*.tmp", "pp:source/none"],
      exclude_if_present: [".nobackup"],
      exclude_caches: true,
    },
  });
  await place.init();
  await place.write("source/a.tmp", "");
  await place.write("source/marked/.nobackup", "");
  const tag = "Signature: 8a477f597d28d172789f06886806bc55\n";
  await place.write("source/cache/CACHEDIR.TAG", tag);
  const { stdout, stderr } = await place.expect(0, "run", "--dry-run", "--list");
  const printed = lines(stdout);
  assert.ok(printed.includes(`+ ${place.at("source/one.txt")}`), stdout);
  for (
    const [name, why] of [
      ["a.tmp", 'sources.exclude: "*.tmp"'],
      ["marked", 'sources.exclude_if_present: ".nobackup"'],
      ["cache", "sources.exclude_caches"],
    ]
  ) assert.ok(printed.includes(`- ${place.at(`source/${name}`)}  (${why})`), stdout);
  assert.match(stderr, / files and directories to back up, 3 excluded/);
  assert.equal((await place.archives("first")).length, 0);
});

Deno.test("check-config says that a negative number keeps all archives", async () => {
  await using place = await Place.make({ retention: { keep_daily: 7, keep_yearly: -1 } });
  const { stdout } = await place.expect(0, "check-config");
  assert.match(stdout, /prune \(keep 7 daily, all yearly\)/);
});

Deno.test("run --dry-run names a source that is missing", async () => {
  await using place = await Place.make({ sources: { directories: ["source", "nowhere"] } });
  const { stderr } = await place.autoborg("run", "--dry-run");
  assert.match(stderr, /error: Cannot back up ".*\/nowhere": it does not exist/);
});

Deno.test("the configuration is found by $AUTOBORG_CONFIG when --config is not given", async () => {
  await using place = await Place.make();
  const env = { ...place.env, AUTOBORG_CONFIG: place.at("config.toml") };
  const start = { env, cwd: place.directory };
  const { code, stdout } = await runToEnd([...autoborgCommand(), "check-config"], start);
  assert.equal(code, 0);
  assert.match(stdout, /config\.toml is valid/);
  assert.match(stdout, /repository: first: .*first\.borg: create, check \(.*\), compact/);
});

Deno.test("every verb says in a sentence that standard output is full", async () => {
  await using place = await Place.quick();
  await place.init();
  await place.expect(0, "run");
  const config = `--config=${place.at("config.toml")}`;
  const cases = [
    ["schema"],
    ["completions", "bash"],
    ["--help"],
    ["run", "--help"],
    ["--version"],
    ...["status", "history", "show-config", "check-config", "systemd", "find"].map((verb) =>
      verb === "find" ? [verb, config, "one.txt"] : [verb, config]
    ),
    ["list", config, "--json"],
    ["list", config, "latest"],
    ["list", config, "--json", "latest"],
    ["restore", config, "/", "--to", place.at("out"), "--dry-run"],
  ];
  for (const args of cases) {
    const ended = await runToEnd(
      ["sh", "-c", 'exec "$@" >/dev/full', "sh", ...autoborgCommand(), ...args],
      { env: place.env, cwd: place.directory },
    );
    const says = `${args.join(" ")}: ${ended.code} ${ended.stderr}`;
    assert.equal(ended.code, 2, says);
    assert.match(
      ended.stderr,
      /^error: Cannot write to standard output: no space left on device$/m,
      says,
    );
    assert.doesNotMatch(ended.stderr, /mistake|bug in autoborg|^ {4}at /m, says);
  }
});
