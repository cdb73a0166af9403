import assert from "node:assert/strict";
import { join } from "node:path";
import { databaseEntry, DumpPlace } from "./dumping.ts";
import { nameOfTest } from "./server_process.ts";

async function hook(place: DumpPlace, body: string, mode = 0o755): Promise<void> {
  const directory = join(place.directory, "hooks");
  await Deno.mkdir(directory, { recursive: true });
  await Deno.chmod(directory, 0o755);
  const file = join(directory, "dump");
  await Deno.writeTextFile(file, `#!/bin/sh\n${body}\n`);
  await Deno.chmod(file, mode);
}

Deno.test("a dump by the hook is what it writes, and it is called with the label", async () => {
  await using place = await new DumpPlace();
  await hook(place, 'echo "of $1 by $AUTOBORG_HOOK $AUTOBORG_DATABASE $#"; echo careful >&2');
  const { dumps, problems } = await place.dump(await databaseEntry({ kind: "command" }));
  assert.deepEqual(problems, []);
  assert.deepEqual(dumps, [{
    name: "dump",
    fileName: "db.dump",
    text: "of db by dump db 1\n",
    end: { kind: "whole", warnings: [{ message: "careful" }] },
  }]);
});

Deno.test("a dump by the hook fails with it, and when it writes nothing", async () => {
  await using place = await new DumpPlace();
  const entry = await databaseEntry({ kind: "command" });
  const fail = async () => {
    const { dumps: [dump] } = await place.dump(entry);
    assert.ok(dump?.end.kind === "failed");
    return dump.end.message;
  };
  assert.match(await fail(), /^Cannot dump "db": there is no hook ".*\/hooks\/dump"$/);
  await hook(place, "echo half; echo 'no such container' >&2; exit 3");
  assert.match(await fail(), /\/dump ended with exit code 3: no such container$/);
  await hook(place, "true");
  assert.match(await fail(), /ended with exit code 0, but wrote nothing$/);
  await hook(place, "echo half; kill -9 $$");
  assert.match(await fail(), /was killed by SIGKILL$/);
  await hook(place, "echo all", 0o777);
  assert.match(
    await fail(),
    /^Refusing to run the hook .* can be written by users other than its owner/,
  );
});

Deno.test({
  name: nameOfTest(
    "a dump by the hook runs as the user of run_as, in no other group",
    Deno.uid() === 0 ? undefined : "not root",
  ),
  ignore: Deno.uid() !== 0,
  async fn() {
    await using place = await new DumpPlace();
    await hook(place, 'echo "$(id -u) $(id -G) $HOME"');
    // The hook itself is below a directory that only root enters.
    await Deno.chmod(place.directory, 0o755);
    const entry = await databaseEntry({ kind: "command", run_as: "nobody" });
    const { dumps: [dump] } = await place.dump(entry);
    assert.deepEqual(dump?.end, { kind: "whole", warnings: [] });
    assert.match(dump?.text ?? "", /^65534 65534 \/nonexistent\n$/);
  },
});
