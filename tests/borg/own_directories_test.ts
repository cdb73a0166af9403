import assert from "node:assert/strict";
import { ownDirectories, shownDirectories } from "../../lib/borg/own_directories.ts";

Deno.test("ownDirectories() follows the variables as Borg does", () => {
  const HOME = "/root";
  assert.deepEqual(ownDirectories({ HOME }), {
    cache: "/root/.cache/borg",
    config: "/root/.config/borg",
    keys: "/root/.config/borg/keys",
    security: "/root/.config/borg/security",
  });
  const keysOf = (variables: Parameters<typeof ownDirectories>[0]) =>
    ownDirectories({ HOME, ...variables }).keys;
  assert.equal(keysOf({ BORG_KEYS_DIR: "/k", BORG_CONFIG_DIR: "/c" }), "/k");
  assert.equal(keysOf({ BORG_CONFIG_DIR: "/c", BORG_BASE_DIR: "/b" }), "/c/keys");
  assert.equal(keysOf({ BORG_BASE_DIR: "/b", XDG_CONFIG_HOME: "/x" }), "/b/.config/borg/keys");
  assert.equal(keysOf({ XDG_CONFIG_HOME: "/x" }), "/x/borg/keys");
  assert.equal(keysOf({ XDG_CONFIG_HOME: "" }), "/root/.config/borg/keys");
  assert.equal(ownDirectories({ HOME, BORG_SECURITY_DIR: "/s" }).security, "/s");
  const cacheOf = (variables: Parameters<typeof ownDirectories>[0]) =>
    ownDirectories({ HOME, ...variables }).cache;
  assert.equal(cacheOf({ BORG_BASE_DIR: "/b", BORG_CACHE_DIR: "/c" }), "/c");
  assert.equal(cacheOf({ BORG_BASE_DIR: "/b", XDG_CACHE_HOME: "/x" }), "/b/.cache/borg");
  assert.equal(cacheOf({ XDG_CACHE_HOME: "/x" }), "/x/borg");
});

Deno.test("ownDirectories() does not know the home of the user when HOME is not set", () => {
  assert.deepEqual(ownDirectories({}), {});
  assert.deepEqual(ownDirectories({ BORG_CACHE_DIR: "/c" }), { cache: "/c" });
  assert.equal(shownDirectories({}).keys, "~/.config/borg/keys");
  assert.equal(shownDirectories({ XDG_CONFIG_HOME: "/x" }).keys, "/x/borg/keys");
});
