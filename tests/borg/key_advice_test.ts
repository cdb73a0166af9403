import assert from "node:assert/strict";
import { keyAdvice } from "../../lib/borg/key_advice.ts";
import { repositoryWith } from "./repositories.ts";

Deno.test("keyAdvice() names the directory in which Borg keeps the key of a keyfile mode", () => {
  const file = repositoryWith({ encryption: "keyfile-blake2" });
  assert.match(keyAdvice(file, {}), /is stored on this machine, in ~\/\.config\/borg\/keys\.$/m);
  const elsewhere = { HOME: "/root", XDG_CONFIG_HOME: "/srv/config" };
  assert.match(keyAdvice(file, elsewhere), /on this machine, in \/srv\/config\/borg\/keys\.$/m);
  assert.match(keyAdvice(file, { BORG_KEYS_DIR: "/keys" }), /on this machine, in \/keys\.$/m);
  const inside = keyAdvice(repositoryWith({ encryption: "repokey" }), elsewhere);
  assert.match(inside, /is stored in the repository itself/);
});
