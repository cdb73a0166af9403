import assert from "node:assert/strict";
import { MariaDbServer, NO_MARIADB } from "./mariadb_server.ts";
import { NO_POSTGRESQL, PostgreSqlServer } from "./postgresql_server.ts";
import { nameOfTest } from "./server_process.ts";

Deno.test({
  name: nameOfTest(
    "PostgreSqlServer starts a server, which can be killed and started again",
    NO_POSTGRESQL,
  ),
  ignore: NO_POSTGRESQL !== undefined,
  async fn() {
    await using server = await PostgreSqlServer.start();
    await server.query("CREATE DATABASE \"a=b 'c'\"");
    await server.query("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2)", "a=b 'c'");
    await server.kill();
    await server.restart();
    assert.equal(await server.query("SELECT n FROM t ORDER BY n", "a=b 'c'"), "1\n2");
  },
});

Deno.test({
  name: nameOfTest(
    "MariaDbServer starts a server, which can be killed and started again",
    NO_MARIADB,
  ),
  ignore: NO_MARIADB !== undefined,
  async fn() {
    await using server = await MariaDbServer.start();
    await server.query("CREATE DATABASE `a b`; CREATE TABLE `a b`.t (n int)");
    await server.query("INSERT INTO t VALUES (1), (2)", "a b");
    await server.kill();
    await server.restart();
    assert.equal(await server.query("SELECT n FROM t ORDER BY n", "a b"), "1\n2");
  },
});
