import assert from "node:assert/strict";
import { resolve } from "node:path";
import {
  borgCommand,
  DEFAULT_CONFIG,
  nameConfig,
  ownCommand,
  rootCommand,
} from "../../lib/text/own_command.ts";

/** Names a configuration for a test; the default one is named afterwards. */
function naming(path: string): Disposable {
  nameConfig(path);
  return { [Symbol.dispose]: () => nameConfig(DEFAULT_CONFIG) };
}

Deno.test("ownCommand() does not name the default configuration", () => {
  assert.equal(ownCommand("list", "--all"), "autoborg list --all");
  using _default = naming("/etc/autoborg/../autoborg/config.toml");
  assert.equal(ownCommand("run"), "autoborg run");
});

Deno.test("ownCommand() names every other configuration with its whole path", () => {
  using _web = naming("web.toml");
  assert.equal(ownCommand("run"), `autoborg run --config ${resolve("web.toml")}`);
});

Deno.test("ownCommand() quotes what a shell would read otherwise", () => {
  using _odd = naming("/etc/auto borg/it's $(here).toml");
  assert.equal(
    ownCommand("list", "two words"),
    `autoborg list --config '/etc/auto borg/it'\\''s $(here).toml' 'two words'`,
  );
});

Deno.test("ownCommand() carries sudo when a plain user reads of a configuration of root's", () => {
  nameConfig("/etc/a b.toml", true);
  const command = "sudo autoborg run --config '/etc/a b.toml'";
  assert.deepEqual([ownCommand("run"), rootCommand("run")], [command, command]);
  // Root's Borg has another cache, other keys, and another memory of where the repository was.
  assert.match(borgCommand("disk", "info"), /^autoborg borg --config /);
  nameConfig(DEFAULT_CONFIG);
  assert.deepEqual([ownCommand("run"), rootCommand("run")], ["autoborg run", "sudo autoborg run"]);
});

Deno.test("borgCommand() goes through autoborg, which knows passphrase and ssh key", () => {
  assert.equal(borgCommand("disk", "info"), "autoborg borg disk -- info");
  using _web = naming("/etc/autoborg/web.toml");
  assert.equal(
    borgCommand("disk", "list", "--format", "{name}{NL}", "::"),
    "autoborg borg --config /etc/autoborg/web.toml disk -- list --format '{name}{NL}' ::",
  );
});
