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

Deno.test("commandAdvice() leads from commands of other programs to what does it here", () => {
  const cases: readonly (readonly [words: string, advice: RegExp])[] = [
    ["generate", /autoborg setup$/],
    ["key-export export-key", /autoborg key export/],
    ["test-mail mail notify", /autoborg test-notify/],
    ["prune compact forget", /autoborg run does it\. .*--retention/],
    ["info stats", /autoborg status\. .*LABEL -- info/],
    ["diff", /borg LABEL -- diff/],
    ["cat", /autoborg restore PATH --to DIR/],
    ["dump databases restore-db", /autoborg restore --database LABEL\/NAME --into/],
    ["health alarm alarms", /autoborg status/],
    ["unpin", /autoborg pin --remove/],
    ["passwd change-passphrase", /autoborg borg LABEL -- key change-passphrase/],
    ["clean cleanup gc purge", /autoborg recover\. .*\[retention\]/],
    ["copy sync", /all repositories: autoborg run/],
    ["autoborg sudo", /autoborg run$/],
    ["log logs", /autoborg history/],
    ["probe doctor", /check-config --probe/],
    ["timer schedule cron daemon start enable install", /autoborg systemd --write/],
    ["version", /autoborg --version/],
    ["repo repos repositories", /autoborg status\. Their archives: autoborg list/],
    ["edit", /for any editor/],
    ["update self-update uninstall", /package manager/],
    ["man", /help --man/],
    ["guide guides docs", /help --guide/],
    ["/etc/autoborg/other.toml", /check-config --config \/etc\/autoborg\/other\.toml/],
  ];
  for (const [words, advice] of cases) {
    for (const word of words.split(" ")) assert.match(commandAdvice(word) ?? "", advice, word);
  }
});

Deno.test("commandAdvice() reads a command line that stands in quotes", () => {
  assert.equal(commandAdvice("run --dry-run"), "Without the quotes: autoborg run --dry-run");
  assert.equal(commandAdvice("run; reboot"), undefined);
});
