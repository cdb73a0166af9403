import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError } from "../../lib/errors.ts";
import { readSource } from "../../lib/migrate/source_file.ts";

/** Writes bytes to a file and reads it as a script. */
async function read(...parts: readonly (string | readonly number[])[]): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "autoborg-migrate-" });
  try {
    const bytes = parts.flatMap((part) => {
      return typeof part === "string" ? [...new TextEncoder().encode(part)] : part;
    });
    await Deno.writeFile(join(directory, "old.py"), Uint8Array.from(bytes));
    return await readSource(join(directory, "old.py"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function refuses(reading: Promise<string>, message: RegExp): Promise<void> {
  await assert.rejects(reading, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.match(error.message, message);
    assert.match(error.hint ?? "", /automated_borg_backup\.py/);
    return true;
  });
}

Deno.test("readSource() reads UTF-8, without a byte order mark", async () => {
  assert.equal(await read("A = 'ä'\n"), "A = 'ä'\n");
  assert.equal(await read([0xef, 0xbb, 0xbf], "A = 'ä'\n"), "A = 'ä'\n");
  assert.equal(await read(), "");
});

Deno.test("readSource() reads the encoding that one of the first two lines names", async () => {
  for (const name of ["latin-1", "latin_1", "iso-8859-1", "iso8859_15", "cp1252", "ISO-8859-15"]) {
    const line = `# -*- coding: ${name} -*-\n`;
    assert.equal(await read(line, "A = '", [0xe4], "'\n"), `${line}A = 'ä'\n`, name);
    assert.match(await read("#!/usr/bin/python\r\n", line, "A = '", [0xe4], "'"), /'ä'/, name);
  }
  assert.match(await read("#\n#\n# coding: latin-1\n", [0xe4]), /\uFFFD/);
  assert.match(await read("# coding: utf-8\n", "ä"), /ä/);
  assert.match(await read("# coding: latin-99\n", "ä"), /ä/);
});

Deno.test("readSource() marks bytes that are no text", async () => {
  assert.equal(await read("# ", [0xe4], "\nA = 1\n"), "# \uFFFD\nA = 1\n");
});

Deno.test("readSource() throws an AppError when there is no script", async () => {
  await refuses(readSource("/nowhere/old.py"), /"\/nowhere\/old\.py": it does not exist$/);
  await refuses(readSource("/tmp"), /it is a directory$/);
  await refuses(readSource("/dev/zero"), /it is a device, expected a file/);
  await refuses(read("A = 1\n", [0]), /it is a binary file/);
  await refuses(read("#".repeat(1_048_577)), /it is larger than 1 MiB/);
  assert.equal((await read("#".repeat(1_048_576))).length, 1_048_576);
});
