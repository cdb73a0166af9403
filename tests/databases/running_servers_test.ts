import assert from "node:assert/strict";
import { join } from "node:path";
import { findRunningServers } from "../../lib/databases/running_servers.ts";

Deno.test("findRunningServers() finds servers that listen, not sockets of those that are gone", async () => {
  const root = await Deno.makeTempDir({ prefix: "autoborg-run-" });
  const listen = (path: string) => {
    const directory = join(root, path, "..");
    Deno.mkdirSync(directory, { recursive: true });
    return Deno.listen({ transport: "unix", path: join(root, path) });
  };
  try {
    using _first = listen("run/postgresql/.s.PGSQL.5432");
    using _second = listen("run/postgresql/.s.PGSQL.5433");
    using _other = listen("run/postgresql/something.else");
    using _mongo = listen("tmp/mongodb-27017.sock");
    const gone = listen("run/mysqld/mysqld.sock");
    gone.close();
    // Deno removes the file of a listener that it closes; a server that was killed does not.
    await Deno.writeTextFile(join(root, "run/mysqld/mysqld.sock"), "");
    const names = (await findRunningServers(root)).map(({ name }) => name);
    assert.deepEqual(names, ["PostgreSQL", "PostgreSQL", "MongoDB"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("findRunningServers() finds nothing where nothing is installed", async () => {
  assert.deepEqual(await findRunningServers("/nonexistent"), []);
});
