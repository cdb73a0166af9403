import assert from "node:assert/strict";
import { commandAdvice } from "../../../lib/cli/options/synonyms.ts";

Deno.test("commandAdvice() gives no command that deletes a repository or another Borg's lock", () => {
  const deleting = commandAdvice("delete") ?? "";
  assert.match(deleting, /: autoborg borg LABEL -- delete ::ARCHIVE\./);
  assert.match(deleting, /Without an archive Borg deletes the whole repository/);
  assert.match(
    commandAdvice("break-lock") ?? "",
    /^Check first that no Borg works on the repository/,
  );
  assert.equal(commandAdvice("frobnicate"), undefined);
});
