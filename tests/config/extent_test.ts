import assert from "node:assert/strict";
import { ConfigError } from "../../lib/config/config_error.ts";
import { excessOf } from "../../lib/config/extent.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { Place, SHORTEST } from "./files.ts";

Deno.test("excessOf() finds too many values, too many levels and too long texts", () => {
  assert.equal(excessOf({ a: ["x", { b: new Date(0) }], c: "x".repeat(65_536) }), undefined);
  assert.match(excessOf({ a: Array(6_000).fill(1) }) ?? "", /at most 5000 values/);
  assert.match(excessOf({ a: "x".repeat(65_537) }) ?? "", /at most 65536 characters/);
  assert.match(excessOf({ ["x".repeat(65_537)]: 1 }) ?? "", /at most 65536 characters/);
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  assert.match(excessOf(deep) ?? "", /at most 32 levels/);
});

/** What would keep one part of the program or the other busy for minutes. */
const HUGE: Readonly<Record<string, string>> = {
  "larger than 1 MiB": "# a comment\n".repeat(100_000),
  "tables and lists are nested too deeply": `x = ${"[".repeat(100_000)}${"]".repeat(100_000)}\n`,
  "at most 32 levels": `${Array(20_000).fill("a").join(".")} = 1\n`,
  "at most 5000 values": Array.from({ length: 50_000 }, (_, index) => `k${index} = 1\n`).join(""),
  "at most 65536 characters": `x = "${"a".repeat(1_000_000)}"\n`,
};

for (const [says, text] of Object.entries(HUGE)) {
  Deno.test(`loadConfig() refuses a file at once: ${says}`, async () => {
    using place = new Place();
    const file = place.write("config.toml", SHORTEST + text);
    await assert.rejects(loadConfig(file, {}), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.ok(error.message.includes(says), error.message.slice(0, 500));
      return true;
    });
  });
}

Deno.test("loadConfig() refuses a secret that is larger than 1 MiB or has no end", async () => {
  for (const path of ["huge", "/dev/zero"]) {
    using place = new Place();
    place.write("huge", "x".repeat(1_100_000));
    const text = SHORTEST.replace('passphrase = "correct horse"', `passphrase_file = "${path}"`);
    await assert.rejects(
      loadConfig(place.write("config.toml", text), {}),
      /larger than 1 MiB|is a device/,
    );
  }
});

Deno.test("loadConfig() shows the first hundred mistakes of a file that has more", async () => {
  using place = new Place();
  const keys = Array.from({ length: 300 }, (_, index) => `[k${index}]\n`).join("");
  await assert.rejects(loadConfig(place.write("config.toml", SHORTEST + keys), {}), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.ok(error.findings.length <= 100, String(error.findings.length));
    return true;
  });
});
