import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { asArray, valueAt } from "../../lib/config/config_problem.ts";
import { unchosenPassphrases, variableIn } from "../../lib/config/written_out.ts";
import { Secret } from "../../lib/text/secret.ts";
import { readPages, ROOT } from "../pages.ts";
import { Place, SHORTEST } from "./files.ts";

function refused(passphrase: string): boolean {
  const keys = new Map([[0, { kind: "passphrase", passphrase: new Secret(passphrase) } as const]]);
  return unchosenPassphrases({}, keys).length > 0;
}

Deno.test("variableIn() finds what a shell would replace, and no other dollar sign", () => {
  for (const text of ["$HOME", "/a/$HOME/b", "/a/${HOME}.borg", "u@$HOST:x", "/srv/host-$HOST"]) {
    assert.notEqual(variableIn(text), undefined, text);
  }
  for (
    const text of ["/srv/$RECYCLE.BIN", "/srv/a$b", "/srv/$", "/srv/$1", "/srv/${1}", "/$(id)"]
  ) {
    assert.equal(variableIn(text), undefined, text);
  }
});

Deno.test("unchosenPassphrases() refuses examples and names of variables alone", () => {
  for (const text of ["change me", "Change Me", " change me\n", "$PASS", "${PASS}"]) {
    assert.ok(refused(text), text);
  }
  for (const text of ["change me now", "pa$$word", "pa$WORD", "$PASS word", "$1", "$", "a${b}"]) {
    assert.ok(!refused(text), text);
  }
});

Deno.test("unchosenPassphrases() refuses every passphrase that the documents show", async () => {
  const pages = readPages().flatMap(({ fences }) =>
    fences.filter(({ language }) => language === "toml").map(({ code }) => code)
  );
  const example = await Deno.readTextFile(`${ROOT}/config.example.toml`);
  const shown = [...pages, example.replace(/^#(?=\w+ = |\[)/gm, "")].map((text) => parse(text))
    .flatMap((document) => [
      ...asArray(valueAt(document, ["repositories"])).map((one) => valueAt(one, ["passphrase"])),
      valueAt(document, ["mail", "password"]),
    ])
    .filter((value) => typeof value === "string");
  assert.ok(shown.length > 2, "no passphrase was found in the documents");
  assert.deepEqual(shown.filter((text) => !refused(text)), []);
});

Deno.test("loadConfig() refuses the passphrase of an example that stands in a file", async () => {
  using place = new Place();
  place.write("key", "change me\n");
  const broken = SHORTEST.replace('passphrase = "correct horse"', 'passphrase_file = "key"');
  assert.match(
    (await place.refuse(broken)).message,
    /passphrase_file of \[\[repositories\]\]: expected a passphrase of y/,
  );
});

Deno.test("loadConfig() takes a passphrase and a source with a dollar sign in the middle", async () => {
  using place = new Place();
  const text = SHORTEST.replace("correct horse", "corr$ect horse").replace("/etc", "/srv/a$b");
  assert.deepEqual((await place.load(text)).config.sources.directories, ["/srv/a$b"]);
});
