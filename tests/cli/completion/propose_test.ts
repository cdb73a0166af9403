import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommandLine } from "../../../lib/cli/app.ts";
import { routes } from "../../../lib/cli/command_tree.ts";
import { proposalFor } from "../../../lib/cli/completion/proposal.ts";
import { readUnfinished } from "../../../lib/cli/completion/slot.ts";
import { verbsOf } from "../../../lib/cli/help/verb_tree.ts";
import { Place } from "../../config/files.ts";

const VERBS = verbsOf(routes);

const ARCHIVE = "web-2026-11-22T04:00:00Z-89abcdef";

const SURROUNDINGS = {
  verbs: VERBS,
  names: () =>
    Promise.resolve({
      name: "web",
      stateDir: "/var/lib/autoborg",
      repositories: [{ label: "disk", url: "ssh://me@host/x" }, { label: "offsite", url: "" }],
      channels: ["mail", "phone", "ping"],
      directories: ["/etc", "/home/alice"],
      datasets: ["tank/data", "tank/elsewhere"],
    }),
  archives: ({ name }: { readonly name: string }) => Promise.resolve([ARCHIVE, `${name} by hand`]),
  databases: () => Promise.resolve(["pg/shop", "wiki//srv/wiki.sqlite"]),
  isDirectory: (path: string) => Promise.resolve(path === "/tank/data"),
};

/** What is proposed for the last word of a line. */
async function proposed(line: string) {
  const words = line.split(" ");
  const { slot } = readUnfinished(VERBS, words);
  const { candidates, ...rest } = await proposalFor(slot, words.at(-1) ?? "", SURROUNDINGS);
  return { words: candidates.map(({ word }) => word), ...rest };
}

Deno.test("proposalFor() proposes every verb when there is none", async () => {
  assert.deepEqual((await proposed("")).words, VERBS.map(({ name }) => name));
  assert.deepEqual((await proposed("help ")).words, VERBS.map(({ name }) => name));
  assert.deepEqual((await proposed("--config x ")).words, VERBS.map(({ name }) => name));
  const own = ["--config", "--no-color", "--help", "--version"];
  assert.deepEqual((await proposed("-")).words, own);
  assert.deepEqual((await proposed("-c x -")).words, own.slice(1));
  assert.equal((await proposed("--config ")).places, "files");
  assert.equal((await proposed("--config=")).places, "files");
});

Deno.test("proposalFor() proposes the flags of this verb that are not given", async () => {
  const { words } = await proposed("run --dry-run --skip=prune --repo a --no-color --config x -");
  assert.deepEqual(words, ["--list", "--repo", "--skip", "--progress", "--help"]);
  assert.deepEqual((await proposed("umount --")).words, ["--config", "--no-color", "--help"]);
  assert.ok(!(await proposed("run -n -")).words.includes("--dry-run"));
  assert.deepEqual((await proposed("-c x backup --dry-run -")).words, [
    "--no-color",
    "--list",
    "--repo",
    "--skip",
    "--progress",
    "--help",
  ]);
});

Deno.test("proposalFor() proposes flags when a verb takes no more arguments", async () => {
  assert.deepEqual((await proposed("status ")).words, [
    "--config",
    "--no-color",
    "--json",
    "--notify",
    "--help",
  ]);
  assert.deepEqual((await proposed("status -- ")).words, []);
});

Deno.test("proposalFor() proposes channels where a report is sent to one", async () => {
  assert.deepEqual((await proposed("test-notify ")).words, ["mail", "phone", "ping"]);
});

Deno.test("proposalFor() proposes the databases of which there are dumps", async () => {
  const databases = ["pg/shop", "wiki//srv/wiki.sqlite"];
  assert.deepEqual((await proposed("restore --database ")).words, databases);
  assert.deepEqual((await proposed("list --database=")).words, databases);
});

Deno.test("proposalFor() proposes the steps that are left", async () => {
  assert.deepEqual(await proposed("run --skip "), {
    before: "",
    words: ["dump", "create", "verify", "verify-dumps", "check", "prune", "compact"],
    places: "none",
    end: "comma",
  });
  assert.deepEqual(await proposed("run --skip=dump,create,verify,verify-dumps,check,prune,"), {
    before: "--skip=dump,create,verify,verify-dumps,check,prune,",
    words: ["compact"],
    places: "none",
    end: "space",
  });
});

Deno.test("proposalFor() proposes labels, archives and paths where they belong", async () => {
  const cases: readonly (readonly [line: string, words: readonly string[], places: string])[] = [
    ["run --repo ", ["disk", "offsite"], "none"],
    ["mount ", ["disk", "offsite"], "none"],
    ["mount disk ", [], "directories"],
    ["mount --archive ", ["all", "latest", "web by hand", ARCHIVE], "none"],
    ["restore --archive ", ["latest", "web by hand", ARCHIVE], "none"],
    ["borg ", ["disk", "offsite"], "none"],
    ["borg disk ", ["--"], "none"],
    ["borg disk -- key export ", [], "files"],
    ["list ", ["latest", "web by hand", ARCHIVE], "none"],
    ["list latest ", ["/etc", "/home/alice", "/tank/data"], "none"],
    ["restore x h", ["etc", "home/alice", "tank/data"], "none"],
    ["restore /", ["/etc", "/home/alice", "/tank/data"], "files"],
    ["restore ./", [], "files"],
    ["find ..", [], "files"],
    ["restore --to ", [], "directories"],
    ["restore --at ", [], "none"],
    ["history --html ", [], "files"],
    ["history --last ", [], "none"],
    ["run --config=", [], "files"],
    ["verify --files ", ["all"], "none"],
    ["nonsense ", [], "none"],
    ["run --nonsense=", [], "none"],
  ];
  for (const [line, words, places] of cases) {
    const found = await proposed(line);
    assert.deepEqual([line, found.words.toSorted(), found.places], [
      line,
      [...words].toSorted(),
      places,
    ]);
  }
});

Deno.test("proposalFor() knows what stands for each value of the tree", () => {
  const KNOWN =
    /^(FILE|DIR|DIRECTORY|CHANNEL|LABEL|LABEL\/NAME|NEWNAME|PATH|PATTERN|NAME|ARCHIVE|TIME|TEXT|URL|DATASET|N|.+\|.+|LABEL -- ARGUMENT|.*\.\w+)$/;
  for (const { name, flags, arguments: words } of VERBS) {
    for (const { value, choices } of flags) {
      if (value !== undefined && choices.length === 0) assert.match(value, KNOWN, name);
    }
    for (const { value } of words) assert.match(value, KNOWN, name);
  }
});

/** What a completion script gets. */
async function answer(config: string | undefined, ...args: string[]): Promise<string> {
  let printed = "";
  const code = await runCommandLine(["completions", "propose", ...args], {
    variable: (name) => name === "AUTOBORG_CONFIG" ? config : undefined,
    print: (text) => printed += text,
    tell: (text) => assert.fail(text),
    catchUncaught: () => new DisposableStack(),
  });
  assert.equal(code, 0);
  return printed;
}

Deno.test("completions propose never fails, whatever the configuration is", async () => {
  using place = new Place();
  const fifo = join(place.directory, "fifo");
  await new Deno.Command("mkfifo", { args: [fifo] }).output();
  const large = place.write("large.toml", `#${"x".repeat(2_000_000)}\n`);
  const binary = place.write("binary.toml", new Uint8Array([0xff, 0xfe, 0]));
  const others = [undefined, "", place.directory, "/dev/zero", fifo, large, binary, "/a/b\0c"];
  for (const config of others) {
    assert.equal(await answer(config, "zsh", "run", "--repo", ""), "none space:\n", `${config}`);
    assert.match(await answer(config, "zsh", "run", "--dr"), /^--dry-run\t/m, `${config}`);
  }
});

Deno.test("completions propose reads the file that the line names before all others", async () => {
  using place = new Place();
  const named = (label: string) =>
    place.write(`${label}.toml`, `repositories = [{ label = "${label}", passphrase = 'geheim' }]`);
  const [own, other] = [named("own"), named("other")];
  assert.equal(await answer(own, "fish", "mount", ""), "none space:\nown\t\n");
  const line = `autoborg mount --config=${other} `;
  assert.equal(await answer(own, "bash", " =:", line), "none space\nother\n");
  assert.equal(
    await answer(own, "zsh", "mount", "--config", other, ""),
    "none space:\nother\t\n",
  );
});

Deno.test("completions propose leaves out names that hold control characters", async () => {
  using place = new Place();
  const config = place.write(
    "config.toml",
    'repositories = [{ label = "a\\nb" }, { label = "c\\u001bd" }, { label = "e f" }]',
  );
  assert.equal(await answer(config, "zsh", "mount", ""), "none space:\ne f\t\n");
});

Deno.test("completions propose answers nonsense with nothing", async () => {
  assert.equal(await answer(undefined), await answer(undefined, "zsh"));
  assert.equal(await answer(undefined, "bash"), await answer(undefined, "bash", "", ""));
});

Deno.test("completions propose reads the channels from the configuration", async () => {
  using place = new Place();
  const config = place.write(
    "channels.toml",
    '[mail]\nserver = "x"\n[ping]\nurl = "https://x"\n' +
      '[[notify]]\nkind = "ntfy"\nlabel = "phone"\n[[notify]]\nkind = "slack"\n',
  );
  const lines = (await answer(config, "zsh", "test-notify", "")).split("\n");
  for (const word of ["mail", "phone", "slack", "ping"]) {
    assert.ok(lines.some((line) => line.startsWith(word)), `${word}: ${lines.join()}`);
  }
});
