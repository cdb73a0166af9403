import assert from "node:assert/strict";
import { type SshSettings, withoutOwnKey } from "../../lib/systemd/agent.ts";

function labels(keys: Partial<SshSettings>): readonly string[] {
  return withoutOwnKey([{ label: "one", url: "b@h:x", ssh_options: [], ...keys }]);
}

Deno.test("withoutOwnKey() lists repositories on servers, in every form of a url", () => {
  for (const url of ["b@h:x", "h:x", "ssh://b@h:23/./x"]) {
    assert.deepEqual(labels({ url }), ["one"]);
  }
  for (const url of ["/srv/x", "x", "file:///srv/x"]) assert.deepEqual(labels({ url }), []);
});

Deno.test("withoutOwnKey() leaves out a repository when the configuration names its key", () => {
  assert.deepEqual(labels({ ssh_key: "/k" }), []);
  assert.deepEqual(labels({ ssh_options: ["Port=23", "identityfile=/k"] }), []);
  assert.deepEqual(labels({ ssh_options: ["IdentityAgent=/run/agent"] }), []);
  assert.deepEqual(labels({ ssh_options: ["IdentitiesOnly=yes"] }), ["one"]);
});
