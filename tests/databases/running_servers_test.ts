import assert from "node:assert/strict";
import { join } from "node:path";
import { findRunningServers } from "../../lib/databases/running_servers.ts";

Deno.test("findRunningServers() counts a server once, however many processes it has", async () => {
  const root = await Deno.makeTempDir({ prefix: "autoborg-proc-" });
  const process = (pid: number, name: string, parent: number) => {
    Deno.mkdirSync(join(root, String(pid)));
    Deno.writeTextFileSync(join(root, `${pid}/stat`), `${pid} (${name}) S ${parent} 1 1 0 -1`);
  };
  try {
    process(1, "systemd", 0);
    process(10, "postgres", 1);
    process(11, "postgres", 10);
    process(12, "postgres", 10);
    process(20, "conmon", 1);
    process(21, "postgres", 20);
    process(30, "a (mongod) b", 1);
    process(31, "mongod", 1);
    Deno.mkdirSync(join(root, "32"));
    Deno.mkdirSync(join(root, "sys"));
    const names = (await findRunningServers(root)).map(({ name }) => name).sort();
    assert.deepEqual(names, ["MongoDB", "PostgreSQL", "PostgreSQL"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("findRunningServers() reads the processes of this machine", async () => {
  for (const { process, name } of await findRunningServers()) assert.ok(process !== "" && name);
});
