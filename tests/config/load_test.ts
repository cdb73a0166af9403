import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { loadConfig } from "../../lib/config/load.ts";
import { ConfigError } from "../../lib/config/config_error.ts";
import { Place, SHORTEST } from "./files.ts";

const HOUR = 3_600_000;

Deno.test("loadConfig() shortens the waits that are the default when they do not fit into run.timeout", async () => {
  using place = new Place();
  const { config } = await place.load(`${SHORTEST}\n[run]\ntimeout = "10m"\n`);
  assert.deepEqual(config.repositories[0]?.retry.waits, [60_000, 300_000]);
});

Deno.test("loadConfig() fills in every default", async () => {
  using place = new Place();
  const { config, path, warnings } = await place.load(SHORTEST);
  assert.equal(path, place.file);
  assert.deepEqual(warnings, []);
  const [repository] = config.repositories;
  assert.deepEqual({ ...repository, key: "" }, {
    label: "disk",
    url: "/mnt/disk",
    encryption: "repokey-blake2",
    key: "",
    sshOptions: [],
    compression: "zstd,3",
    lockWait: HOUR / 6,
    optional: false,
    sameDisk: false,
    prunedElsewhere: false,
    exclude: [],
    retention: {},
    check: {
      enabled: true,
      repositoryEvery: 0,
      archivesEvery: 14 * 24 * HOUR,
      verifyDataEvery: "never",
      maxDuration: HOUR,
    },
    verify: { files: 20, cycle: 90 * 24 * HOUR, maxBytes: 0 },
    compact: { enabled: true },
    retry: { waits: [60_000, 300_000, 900_000], hold: 7_200_000 },
  });
  assert.deepEqual({ ...config, repositories: [] }, {
    name: "host",
    sources: {
      directories: ["/etc"],
      optional: [],
      exclude: [],
      excludeIfPresent: [],
      excludeCaches: false,
      oneFileSystem: false,
    },
    zfs: { datasets: [], recursive: false, exclude: [], snapshotDirectories: true },
    quiesce: {
      units: [],
      containers: [],
      mode: "stop",
      required: false,
      allowLongPause: false,
      timeout: 60_000,
    },
    repositories: [],
    sizeGuard: { files: 50, size: 50 },
    changeGuard: { enabled: true },
    coverage: { ignore: ["/boot", "/efi"] },
    expect: [],
    logs: { directory: "/var/log/autoborg", keep: 30, level: "info" },
    notify: [],
    databases: [],
    channels: [],
    page: {},
    paths: { tempDir: "/run/autoborg", stateDir: "/var/lib/autoborg" },
    run: { parallel: 0 },
    status: { maxAge: 26 * HOUR },
    ping: {},
    metrics: {},
  });
});

Deno.test("loadConfig() gives a repository a part of the sources", async () => {
  using place = new Place();
  const head = 'name = "h"\nsources.directories = ["/srv", "/srv/media", "./etc"]\n';
  const disk = SHORTEST.slice(SHORTEST.indexOf("[[repositories]]"));
  for (const pattern of ["srv/media", "pp:/srv/media/", "sh:srv/*", "*med*", "re:^srv/m"]) {
    const keys = `directories = ["/srv", "./etc"]\nexclude = ["${pattern}"]\n`;
    const { config, warnings } = await place.load(head + disk + keys);
    const [{ directories, datasets, exclude } = { exclude: [] }] = config.repositories;
    assert.deepEqual(directories, ["/srv", `${dirname(place.file)}/etc`]);
    assert.deepEqual([datasets, exclude], [undefined, [pattern]]);
    assert.deepEqual(warnings.filter((one) => !one.includes("secret")), [
      'No repository gets the source "/srv/media": it is not backed up',
    ]);
  }
});

Deno.test("loadConfig() limits what is read back over the network, and lets a repository differ", async () => {
  using place = new Place();
  const [start = "", rest = ""] = SHORTEST.split("[[repositories]]");
  const remote = rest.replace("/mnt/disk", "ssh://borg@backup.example.org/./web");
  const verifyOf = async (verify: string, own: string) => {
    const { config } = await place.load(`${start}${verify}[[repositories]]${remote}${own}`);
    return config.repositories[0]?.verify;
  };
  const [cycle, MIB] = [90 * 24 * HOUR, 1_048_576];
  assert.deepEqual(await verifyOf("", ""), { files: 20, cycle, maxBytes: 64 * MIB });
  const own = '[repositories.verify]\nfiles = 5\ncycle = "1d"\nmax_bytes = "0B"\n';
  assert.deepEqual(await verifyOf('[verify]\nmax_bytes = "1MiB"\n', own), {
    ...{ files: 5, cycle: 24 * HOUR, maxBytes: 0 },
  });
  assert.equal((await verifyOf('[verify]\nmax_bytes = "1MiB"\n', ""))?.maxBytes, MIB);
});

Deno.test("loadConfig() takes a temp_dir beside or below the other directories", async () => {
  using place = new Place();
  const below = '[paths]\nstate_dir = "/srv"\ntemp_dir = "/srv/temp"\n[logs]\ndirectory = "/srv"\n';
  assert.equal((await place.load(SHORTEST + below)).config.paths.tempDir, "/srv/temp");
  const beside = '[paths]\nstate_dir = "/srv/temporary"\ntemp_dir = "/srv/temp"\n';
  assert.equal((await place.load(SHORTEST + beside)).config.paths.tempDir, "/srv/temp");
});

Deno.test("loadConfig() makes every path absolute", async () => {
  using place = new Place();
  place.write("pass", "geheim");
  const { config } = await place.load(`
    name = "host"
    sources.directories = ["./data/", "/srv//x/../y/", "/", "."]
    sources.one_file_system = true
    sources.optional = ["./disk/"]
    logs.directory = "./logs/"
    paths = { temp_dir = "../tmp", state_dir = "./state" }
    metrics.textfile = "./autoborg.prom"
    repositories = [
      { label = "a", url = "./repo", passphrase_file = "pass", ssh_key = "keys/id" },
      { label = "b", url = "file:///mnt/b/", passphrase = "x" },
      { label = "c", url = "ssh://me@host:22/./c", passphrase = "x" },
      { label = "d", url = "me@host:d", passphrase = "x" },
      { label = "e", url = "./odd:name", passphrase = "x" },
    ]
    [mail]
    server = "mail"
    from_address = "a@b"
    recipients = ["a@b"]
    ca_file = "ca.pem"
  `);
  const here = place.directory;
  assert.deepEqual(config.sources.directories, [join(here, "data"), "/srv/y", "/", here]);
  assert.deepEqual(config.sources.optional, [join(here, "disk")]);
  assert.equal(config.logs.directory, join(here, "logs"));
  assert.deepEqual(config.paths, {
    tempDir: join(here, "../tmp"),
    stateDir: join(here, "state"),
  });
  assert.equal(config.metrics.textfile, join(here, "autoborg.prom"));
  assert.equal(config.mail?.caFile, join(here, "ca.pem"));
  assert.equal(config.repositories[0]?.sshKey, join(here, "keys/id"));
  const urls = config.repositories.map(({ url }) => url);
  const remote = ["ssh://me@host:22/./c", "me@host:d"];
  assert.deepEqual(urls, [join(here, "repo"), "/mnt/b", ...remote, join(here, "odd:name")]);
});

Deno.test("loadConfig() merges a repository's own tables into the global ones", async () => {
  using place = new Place();
  const { config } = await place.load(`${SHORTEST}
    [repositories.retention]
    keep_daily = 14
    keep_last = 0
    keep_yearly = -1
    [repositories.check]
    repository_every = "30d"
    [repositories.compact]
    enabled = false
    [[repositories]]
    label = "plain"
    url = "/mnt/plain"
    encryption = "none"
    [retention]
    keep_daily = 7
    keep_weekly = 4
    keep_monthly = 0
    keep_last = 3
    keep_within = "2d"
    [check]
    verify_data_every = "90d"
    repository_every = "7d"
  `);
  const [own, plain] = config.repositories;
  const global = { keepWeekly: 4, keepWithin: 48 * HOUR };
  assert.deepEqual(own?.retention, { ...global, keepDaily: 14, keepYearly: -1 });
  assert.deepEqual(plain?.retention, { ...global, keepDaily: 7, keepLast: 3 });
  const { repositoryEvery, archivesEvery, verifyDataEvery } = own?.check ?? {};
  assert.deepEqual([repositoryEvery, verifyDataEvery], [720 * HOUR, 90 * 24 * HOUR]);
  assert.equal(archivesEvery, 14 * 24 * HOUR);
  assert.deepEqual(plain?.check, { ...own?.check, repositoryEvery: 168 * HOUR });
  assert.deepEqual([own?.compact.enabled, plain?.compact.enabled], [false, true]);
  assert.deepEqual(plain?.key, { kind: "none" });
});

Deno.test("loadConfig() reads what archives must hold", async () => {
  using place = new Place();
  const { config } = await place.load(`
    name = "host"
    sources.directories = ["/srv/www"]
    sources.optional = ["/mnt/photos"]
    [[repositories]]
    label = "plain"
    url = "/mnt/plain"
    encryption = "none"
    [[expect]]
    path = "/srv//www/./config.php/"
    [[expect]]
    path = "srv"
    min_files = 100
    [[expect]]
    path = "**/photos/*.jpg"
    newer_than = "2d"
    min_size = "1MiB"
  `);
  assert.deepEqual(config.expect, [
    { path: "srv/www/config.php" },
    { path: "srv", minFiles: 100 },
    { path: "**/photos/*.jpg", newerThan: 48 * HOUR, minSize: 1_048_576 },
  ]);
});

Deno.test("loadConfig() can't tell which paths are below a dataset", async () => {
  using place = new Place();
  const table = '[[expect]]\npath = "anywhere"\n';
  const { config } = await place.load(`${SHORTEST}${table}[zfs]\ndatasets = ["tank/data"]\n`);
  assert.deepEqual(config.expect, [{ path: "anywhere" }]);
});

Deno.test("loadConfig() picks the port that belongs to the security", async () => {
  using place = new Place();
  const ports = { starttls: 587, tls: 465, none: 25 };
  for (const [security, port] of Object.entries(ports)) {
    const table = `server = "::1"\nfrom_address = "a@b"\nrecipients = ["a@b"]`;
    const { config } = await place.load(`${SHORTEST}[mail]\nsecurity = "${security}"\n${table}`);
    assert.equal(config.mail?.port, port);
    assert.equal(config.mail?.login, undefined);
  }
});

Deno.test("loadConfig() reads TOML as editors leave it", async () => {
  using place = new Place();
  for (const text of [`\uFEFF${SHORTEST}`, SHORTEST.replaceAll("\n", "\r\n")]) {
    assert.equal((await place.load(text)).config.name, "host");
  }
  assert.equal((await place.load(SHORTEST.replaceAll(" = ", "\t=\t"))).config.name, "host");
});

Deno.test("loadConfig() counts lines and columns behind a byte order mark and CRLF", async () => {
  using place = new Place();
  const text = `\uFEFF\tnme = "x"\r\n${SHORTEST.replaceAll("\n", "\r\n")}\tx = 1\r\n`;
  const { findings } = await place.refuse(text);
  assert.deepEqual(findings.map(({ line, column }) => [line, column]), [[1, 2], [8, 2]]);
});

Deno.test("loadConfig() tells everything that is wrong at once, in the order of the file", async () => {
  using place = new Place();
  const error = await place.refuse(`
nmae = "x"
sources.directories = ["/etc", "/etc"]
[[repositories]]
label = "a b"
url = "host::archive"
passphrase_file = "missing"
[mail]
port = "25"
username = "me"
[[repositories]]
label = 7
pasphrase = "geheim"
`);
  const places = error.findings.map(({ line, column, key }) => `${line}:${column} ${key}`);
  assert.deepEqual(places, [
    "2:1 nmae",
    "3:32 sources.directories[1]",
    "5:9 repositories[0].label",
    "6:7 repositories[0].url",
    "7:1 repositories[0].passphrase_file",
    "8:1 mail.server",
    "8:1 mail.from_address",
    "8:1 mail.recipients",
    "9:8 mail.port",
    "10:12 mail.username",
    "11:1 repositories[1].url",
    "12:9 repositories[1].label",
    "13:1 repositories[1].pasphrase",
  ]);
  assert.equal(error.message.split("\n").length, places.length);
});

Deno.test("loadConfig() says how to create the file, or to name another one, when there is none", async () => {
  using place = new Place();
  await assert.rejects(loadConfig(place.file, {}), (error: unknown) => {
    assert.ok(error instanceof ConfigError);
    assert.equal(error.exitCode, 78);
    const named = JSON.stringify(place.file);
    assert.equal(error.message, `Cannot read the configuration ${named}: it does not exist`);
    assert.match(
      error.hint ?? "",
      /^To create it: autoborg setup\. .*--config FILE.*\$AUTOBORG_CONFIG$/,
    );
    return true;
  });
});

Deno.test("loadConfig() refuses a directory", async () => {
  using place = new Place();
  await assert.rejects(loadConfig(place.directory, {}), {
    exitCode: 78,
    message: `Cannot read the configuration ${JSON.stringify(place.directory)}: it is a directory`,
  });
});

Deno.test("loadConfig() names UTF-16, as editors of Windows write it", async () => {
  using place = new Place();
  const text = [..."name = 1"].map((letter) => letter.charCodeAt(0));
  const files = [
    [0xff, 0xfe, ...text.flatMap((code) => [code, 0])],
    [0xfe, 0xff, ...text.flatMap((code) => [0, code])],
  ];
  for (const bytes of files) {
    const error = await place.refuse(Uint8Array.from(bytes));
    assert.equal(error.message, `${place.file}:1:1: expected UTF-8 text, found UTF-16`);
    assert.match(error.hint ?? "", /^Save the file as UTF-8: /);
  }
});

Deno.test("loadConfig() refuses a file that is not UTF-8", async () => {
  using place = new Place();
  const latin1 = Uint8Array.from(`name = "a"\n# M\xfcller\n`, (char) => char.charCodeAt(0));
  const error = await place.refuse(latin1);
  assert.equal(error.message, `${place.file}:2:4: expected UTF-8 text, found an invalid byte`);
});

Deno.test("loadConfig() survives hostile documents", async () => {
  using place = new Place();
  const documents = [
    "__proto__ = 1",
    "[__proto__]\nx = 1",
    "[constructor]\nprototype = 1",
    `name = ${"[".repeat(5000)}`,
    `${"a.".repeat(500)}b = 1`,
    `${"x".repeat(100_000)} = 1`,
    `name = "${"x".repeat(100_000)}"`,
    Array.from({ length: 2000 }, (_, index) => `key${index} = ${index}`).join("\n"),
  ];
  for (const text of documents) {
    const { message } = await place.refuse(text);
    assert.ok(message.split("\n").every((line) => line.length < 200_000));
  }
});
