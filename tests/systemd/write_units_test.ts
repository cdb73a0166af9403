import assert from "node:assert/strict";
import { marked } from "../../lib/systemd/unit_file.ts";
import { writeUnits } from "../../lib/systemd/write_units.ts";

Deno.test("writeUnits() does not take the place of the units of another configuration", () => {
  const directory = Deno.makeTempDirSync();
  const unit = (binary: string, config: string) =>
    marked("autoborg.service", `[Service]\nExecStart=${binary} run --config ${config}\n`);
  const write = (binary: string, config: string, overwrite = false) =>
    writeUnits(() => {}, [unit(binary, config)], directory, overwrite);
  try {
    write("/usr/local/bin/autoborg", "/etc/one.toml");
    assert.throws(
      () => write("/usr/local/bin/autoborg", "/etc/two.toml"),
      /Refusing to replace ".*": it starts another backup: run --config \/etc\/one\.toml/,
    );
    write("/usr/bin/autoborg", "/etc/one.toml");
    write("/usr/bin/autoborg", "/etc/two.toml", true);
    assert.match(Deno.readTextFileSync(`${directory}/autoborg.service`), /two\.toml/);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
