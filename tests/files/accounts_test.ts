import assert from "node:assert/strict";
import { findAccount } from "../../lib/files/accounts.ts";

Deno.test("findAccount() reads a user's numbers, main group and home", async () => {
  const file = await Deno.makeTempFile({ prefix: "autoborg-passwd-" });
  try {
    await Deno.writeTextFile(
      file,
      "root:x:0:0:root:/root:/bin/bash\npostgres:x:104:107:PostgreSQL:/var/lib/postgresql:/bin/sh\n" +
        "+nis::::::\nbroken:x:abc:1::/:\n",
    );
    const expected = { name: "postgres", uid: 104, gid: 107, home: "/var/lib/postgresql" };
    assert.deepEqual(await findAccount("postgres", file), expected);
    for (const name of ["postgre", "+nis", "broken", ""]) {
      assert.equal(await findAccount(name, file), undefined, name);
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("findAccount() finds nobody where there is no file of users", async () => {
  assert.equal(await findAccount("root", "/nonexistent/passwd"), undefined);
  assert.equal((await findAccount("root"))?.uid, 0);
});
