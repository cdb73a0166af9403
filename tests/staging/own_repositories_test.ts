import assert from "node:assert/strict";
import { stageSources } from "../../lib/staging/stage.ts";
import { plainServer, requestOn } from "./double/server.ts";

function ownAt(path: string) {
  return [{ label: "disk", path, sameDisk: true }];
}

/** Where the archive would have a repository that is at a path. */
async function below(path: string): Promise<readonly string[] | undefined> {
  const server = plainServer();
  const request = { ...requestOn(server, server.machine.process()), ownRepositories: ownAt(path) };
  const staging = await stageSources(request);
  await staging.release();
  return staging.sources?.repositories;
}

Deno.test("stageSources() names repositories below live directories and below datasets", async () => {
  // Any directory will do for a repository.
  assert.deepEqual(await below("/srv/live/ram"), ["srv/live/ram"]);
  assert.deepEqual(await below("/srv/data/in"), ["srv/data/in"]);
  assert.deepEqual(await below("/tank/sub"), undefined);
  assert.deepEqual(await below("/mnt/usb"), undefined);
  assert.deepEqual(await below("/not/there"), undefined);
});

Deno.test("stageSources() names a repository that a bind mount shows below a source", async () => {
  const server = plainServer();
  server.machine.mounts.bind("/mnt/daily", "/srv/live/ram", false);
  const request = requestOn(server, server.machine.process());
  const staging = await stageSources({ ...request, ownRepositories: ownAt("/mnt/daily") });
  await staging.release();
  assert.deepEqual(staging.sources?.repositories, ["srv/live/ram"]);
});
