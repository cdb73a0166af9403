import assert from "node:assert/strict";
import { BEGINNERS } from "./broken/beginners.ts";
import { CHANNELS } from "./broken/channels.ts";
import { DATABASES } from "./broken/databases.ts";
import { FILL_INS } from "./broken/fill_ins.ts";
import { KEYS } from "./broken/keys.ts";
import { MAILS } from "./broken/mails.ts";
import { PLACES } from "./broken/places.ts";
import { QUIESCE } from "./broken/quiesce.ts";
import { REPOSITORY_SOURCES } from "./broken/repository_sources.ts";
import { SYNTAX } from "./broken/syntax.ts";
import { TEMP_DIRS } from "./broken/temp_dirs.ts";
import { TYPES } from "./broken/types.ts";
import { VALUES } from "./broken/values.ts";
import { Place } from "./files.ts";

/** A pattern in which `…` stands for anything. */
function pattern(text: string): RegExp {
  return new RegExp(`^${text.split("…").map((part) => RegExp.escape(part)).join(".*")}$`, "s");
}

const BROKEN = [
  ...[
    FILL_INS,
    KEYS,
    TYPES,
    VALUES,
    PLACES,
    QUIESCE,
    REPOSITORY_SOURCES,
    TEMP_DIRS,
    MAILS,
    CHANNELS,
    DATABASES,
    SYNTAX,
    BEGINNERS,
  ],
].flat();

for (const { name, text, says } of BROKEN) {
  Deno.test(`loadConfig() refuses a file that ${name}`, async () => {
    using place = new Place();
    const error = await place.refuse(text);
    assert.equal(error.exitCode, 78);
    assert.doesNotMatch(error.message, /geheim|12345|correct horse/);
    const found = error.findings.map(({ line, column, key, message }) =>
      `${line}:${column}: ${key === "" ? "" : `${key}: `}${message}`
    );
    assert.equal(found.length, says.length, found.join("\n"));
    for (const [index, said] of says.entries()) assert.match(found[index] ?? "", pattern(said));
    // The message is made of the findings, so that an editor can jump to each of them.
    for (const { line, column, place: where, message } of error.findings) {
      const lead = where === undefined || where === "" ? "" : `${where}: `;
      assert.ok(error.message.includes(`${place.file}:${line}:${column}: ${lead}${message}`));
      assert.doesNotMatch(error.message, /\[\d+\]|no duplicates/);
    }
  });
}
