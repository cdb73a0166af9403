import assert from "node:assert/strict";
import { placeWarnings } from "../../lib/cli/environment_warnings.ts";

const ROOT = 0;

/** A directory that everybody may write to. */
async function withOpenDirectory(test: (path: string) => void): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await Deno.chmod(path, 0o777);
    test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("placeWarnings() warns when root's HOME is a place that others control", async () => {
  await withOpenDirectory((path) => {
    const read = (name: string) => name === "HOME" ? `${path}/not there yet` : undefined;
    const [problem, ...others] = placeWarnings(read, ROOT);
    assert.deepEqual(others, []);
    assert.equal(problem?.severity, "warning");
    const { message = "", hint = "" } = problem ?? {};
    assert.ok(message.includes(`HOME is "${path}/not there yet"`), message);
    assert.ok(message.endsWith(`"${path}" can be written by other users (mode 0777)`), message);
    assert.match(hint, /root's own HOME, such as "sudo -H autoborg run"/);
  });
});

Deno.test("placeWarnings() warns of each variable that leads Borg to such a place", async () => {
  const names = [
    "HOME",
    "BORG_BASE_DIR",
    "BORG_CACHE_DIR",
    "BORG_CONFIG_DIR",
    "BORG_KEYS_DIR",
    "BORG_SECURITY_DIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
  ];
  await withOpenDirectory((path) => {
    const read = (name: string) => names.includes(name) ? path : undefined;
    const messages = placeWarnings(read, ROOT).map(({ message }) => message);
    assert.deepEqual(messages.map((message) => message.split(" ", 1)[0]), names);
  });
});

Deno.test("placeWarnings() says why when a place can't be looked at", () => {
  const [problem] = placeWarnings((name) => name === "HOME" ? "/a\0b" : undefined, ROOT);
  assert.match(problem?.message ?? "", /^HOME is .* cannot be inspected: /);
});

Deno.test("placeWarnings() says nothing of root's own places, and nothing to other users", async () => {
  assert.deepEqual(placeWarnings(() => "/", ROOT), []);
  assert.deepEqual(placeWarnings(() => "", ROOT), []);
  assert.deepEqual(placeWarnings(() => undefined, ROOT), []);
  await withOpenDirectory((path) => assert.deepEqual(placeWarnings(() => path, 1_000), []));
});
