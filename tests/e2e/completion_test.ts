import assert from "node:assert/strict";
import { join } from "node:path";
import { History } from "../../lib/state/history.ts";
import { which } from "./program.ts";
import { CompletionPlace } from "./shells.ts";

const CONFIG = `name = "web"
[sources]
directories = ["/srv/my data", "/srv/o'clock: x", "./below"]
[zfs]
datasets = ["no/such/pool"]
[paths]
state_dir = "./state"
[[repositories]]
label = "disk"
url = "/mnt/disk"
passphrase = "geheim"
[[repositories]]
label = "off site: \\"1\\" $HOME"
url = "ssh://user@host/path"
`;

const ARCHIVE = "web-2026-11-22T04:00:00Z-89abcdef";

/** Which of these programs is missing, for a test that needs all of them. */
function missing(...names: readonly string[]): string | undefined {
  return names.find((name) => which(name) === undefined);
}

function needs(...names: readonly string[]): { ignore: boolean; suffix: string } {
  const absent = missing(...names);
  return {
    ignore: absent !== undefined,
    suffix: absent === undefined ? "" : ` (${absent} is not installed)`,
  };
}

const BASH = needs("bash", "script");
const ZSH = needs("zsh", "script");
const FISH = needs("fish");

async function placeWithFiles(): Promise<CompletionPlace> {
  const place = await CompletionPlace.make(CONFIG);
  for (const name of ["mount here", "it's:this"]) {
    await Deno.mkdir(join(place.directory, "work", name));
  }
  await Deno.mkdir(join(place.directory, "state"));
  using history = History.open(join(place.directory, "state", "history.db"));
  history.ledger("web", "disk").noteByHand([], [ARCHIVE]);
  place.write("work/some file.toml", CONFIG);
  place.write("work/other.toml", '[[repositories]]\nlabel = "elsewhere"\n');
  return place;
}

/** What is typed, and the arguments that autoborg gets. They are the same in every shell. */
const TYPED: readonly (readonly [line: string, args: string])[] = [
  ["autoborg sch\t", "<schema>."],
  ["autoborg list web\t", `<list><${ARCHIVE}>.`],
  ["autoborg restore etc --archive=web-2026-11-22T04:\t", `<restore><etc><--archive=${ARCHIVE}>.`],
  ["autoborg check\t", "<check-config>."],
  ["autoborg run --prog\t", "<run><--progress>."],
  ["autoborg run --dry-run --d\t", "<run><--dry-run><--d>."],
  ["autoborg run --repo disk --rep\tdi\t", "<run><--repo><disk><--repo><disk>."],
  ["autoborg run --repo o\t", '<run><--repo><off site: "1" $HOME>.'],
  ["autoborg run --repo=o\t", '<run><--repo=off site: "1" $HOME>.'],
  ["autoborg run --repo 'o\t", '<run><--repo><off site: "1" $HOME>.'],
  ['autoborg run --repo "off site: \\"\t', '<run><--repo><off site: "1" $HOME>.'],
  ["autoborg run --repo off\\ site:\\ \t", '<run><--repo><off site: "1" $HOME>.'],
  [
    "autoborg run --config other.toml --repo e\t",
    "<run><--config><other.toml><--repo><elsewhere>.",
  ],
  ["autoborg run --config=other.toml --repo e\t", "<run><--config=other.toml><--repo><elsewhere>."],
  ["autoborg run --progress j\t", "<run><--progress><json>."],
  ["autoborg run --config s\t", "<run><--config><some file.toml>."],
  ["autoborg run --config=s\t", "<run><--config=some file.toml>."],
  ['autoborg run --config "some f\t', "<run><--config><some file.toml>."],
  ["autoborg restore --to m\t", "<restore><--to><mount here>."],
  ["autoborg mount d\tm\t", "<mount><disk><mount here>."],
  ["autoborg mount disk i\t", "<mount><disk><it's:this>."],
  ["autoborg restore /srv/m\t", "<restore></srv/my data>."],
  ["autoborg restore srv/m\t", "<restore><srv/my data>."],
  ["autoborg restore /srv/o\t", "<restore></srv/o'clock: x>."],
  ["autoborg list la\t/srv/o\\'clock\t", "<list><latest></srv/o'clock: x>."],
  ["autoborg find /srv/o\t", "<find></srv/o'clock: x>."],
  ["autoborg borg di\t\tinfo", "<borg><disk><--><info>."],
  ["autoborg history --repo d\t --ht\tother\t", "<history><--repo><disk><--html><other.toml>."],
  ["autoborg completions z\t", "<completions><zsh>."],
  ["autoborg verify --files a\t", "<verify><--files><all>."],
  ["autoborg nonsense --x\t", "<nonsense><--x>."],
];

async function check(type: (lines: readonly string[]) => Promise<string[]>): Promise<void> {
  const results = await type(TYPED.map(([line]) => line));
  assert.deepEqual(
    // Zsh takes the slash behind a directory away again, the others leave it.
    results.map((result, index) => `${TYPED[index]?.[0]} ${result.replaceAll("/>", ">")}`),
    TYPED.map(([line, args]) => `${line} ${args}`),
  );
}

Deno.test({
  name: `bash completes what a person types${BASH.suffix}`,
  ignore: BASH.ignore,
  fn: async () => {
    await using place = await placeWithFiles();
    await check((lines) => place.typeIntoBash(lines));
    assert.equal(place.errors, "");
  },
});

Deno.test({
  name: `zsh completes what a person types${ZSH.suffix}`,
  ignore: ZSH.ignore,
  fn: async () => {
    await using place = await placeWithFiles();
    await check((lines) => place.typeIntoZsh(lines));
    assert.equal(place.errors, "");
  },
});

Deno.test({
  name: `fish proposes with explanations${FISH.suffix}`,
  ignore: FISH.ignore,
  fn: async () => {
    await using place = await placeWithFiles();
    const cases: readonly (readonly [line: string, proposals: readonly string[]])[] = [
      ["autoborg sch", ["schema\tPrint the JSON Schema of the configuration"]],
      ["autoborg run --re", ["--repo\tOnly this repository; can be repeated"]],
      ["autoborg run --repo ", ["disk\t/mnt/disk", 'off site: "1" $HOME\tssh://host/path']],
      ["autoborg run --repo=o", ['--repo=off site: "1" $HOME\tssh://host/path']],
      ["autoborg run --skip prune,c", ["prune,create", "prune,check", "prune,compact"]],
      ["autoborg run --skip=check,pru", ["--skip=check,prune"]],
      ["autoborg run --config s", ["some file.toml"]],
      ["autoborg run --config='s", ["--config=some file.toml"]],
      ["autoborg run --config other.toml --repo ", ["elsewhere"]],
      ["autoborg mount disk m", ["mount here/"]],
      ["autoborg mount disk s", []],
      ["autoborg restore '/srv/m", ["/srv/my data\tA directory of the configuration"]],
      ["autoborg restore srv/o", ["srv/o'clock: x\tA directory of the configuration"]],
      ["autoborg borg disk ", ["--\tWhat follows is for Borg"]],
      ["autoborg borg disk -- so", ["some file.toml"]],
      ["autoborg completions ", ["bash", "fish", "zsh"]],
      ["autoborg nonsense ", []],
    ];
    for (const [line, proposals] of cases) {
      assert.deepEqual((await place.askFish(line)).toSorted(), [...proposals].toSorted(), line);
    }
    assert.equal(place.errors, "");
  },
});

Deno.test({
  name: `bash completes when other characters break words${BASH.suffix}`,
  ignore: BASH.ignore,
  fn: async () => {
    await using place = await placeWithFiles();
    const lines = [
      "autoborg run --repo=o\t",
      "autoborg run --skip=create,pru\t",
      "autoborg list l\t",
    ];
    const setup = "COMP_WORDBREAKS=${COMP_WORDBREAKS//[=:]}; ";
    assert.deepEqual(await place.typeIntoBash(lines, setup), [
      '<run><--repo=off site: "1" $HOME>.',
      "<run><--skip=create,prune>.",
      "<list><latest>.",
    ]);
  },
});

Deno.test({
  name: `the function of bash answers when it gets nothing but words${BASH.suffix}`,
  ignore: BASH.ignore,
  fn: async () => {
    await using place = await placeWithFiles();
    const cases: readonly (readonly [words: readonly string[], reply: readonly string[]])[] = [
      [["autoborg", "re"], ["restore", "recover"]],
      [["autoborg", "run", "--skip", "=", "prune,c"], [
        "prune,create",
        "prune,check",
        "prune,compact",
      ]],
      [["autoborg", "run", "--dry-run", "--d"], []],
      [["autoborg", "run", "--repo", ""], ["disk", 'off\\ site:\\ \\"1\\"\\ \\$HOME']],
    ];
    for (const [words, reply] of cases) {
      assert.deepEqual(await place.callBashFunction(words), reply, words.join(" "));
    }
  },
});

for (
  const [name, config] of [
    ["absent", undefined],
    ["no TOML", 'name = "web\n[[[repositories'],
    ["of other types", 'sources = 1\nrepositories = [{ label = 7 }, "x"]\nzfs.datasets = "tank"\n'],
  ] as const
) {
  Deno.test({
    name: `bash completes verbs and flags when the configuration is ${name}${BASH.suffix}`,
    ignore: BASH.ignore,
    fn: async () => {
      await using place = await CompletionPlace.make(config);
      place.env.AUTOBORG_CONFIG ??= join(place.directory, "nowhere.toml");
      const lines = ["autoborg sch\t", "autoborg run --dry\t", "autoborg run --repo d\t"];
      const expected = ["<schema>.", "<run><--dry-run>.", "<run><--repo><d>."];
      assert.deepEqual(await place.typeIntoBash(lines), expected);
      assert.equal(place.errors, "");
    },
  });
}
