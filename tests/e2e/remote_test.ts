import assert from "node:assert/strict";
import { Place, QUICK, repository, type Table } from "./place.ts";
import { NO_SSHD, SshServer } from "./sshd.ts";

/** A test with a server, whose repositories lie in the directory of the place. */
function remoteTest(name: string, body: (place: Place, server: SshServer) => Promise<void>): void {
  Deno.test({
    name: NO_SSHD === undefined ? name : `${name} (not run: ${NO_SSHD})`,
    ignore: NO_SSHD !== undefined,
    async fn() {
      await using place = await Place.make();
      await using server = await SshServer.start(place.directory);
      await body(place, server);
    },
  });
}

function withRepository(server: SshServer, more: Table = {}): Table {
  return { repositories: [repository("first", { ...server.repository("first"), ...more })] };
}

remoteTest("run backs up over SSH, beside a local repository", async (place, server) => {
  await place.configure({
    repositories: [
      repository("first", server.repository("first")),
      repository("second"),
    ],
    retention: { keep_last: 1 },
  });
  await place.expect(0, "init");
  await place.expect(0, "run");
  const { stderr } = await place.expect(0, "run");
  assert.match(stderr, /^ok after .*: first ok, second ok$/m);
  assert.deepEqual(await place.archives("first"), await place.archives("second"));
  assert.equal((await place.archives("first")).length, 1);
});

remoteTest("run names init when the server has no such repository", async (place, server) => {
  await place.configure(withRepository(server));
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /there is no repository at "ssh:/);
  assert.match(stderr, /autoborg init --config \S+ --repo first/);
});

remoteTest("run asks nothing when the server refuses the key", async (place, server) => {
  await place.configure(withRepository(server));
  await server.refuseKeys();
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /the server does not accept the key: .*Permission denied/);
  assert.match(stderr, /authorized_keys/);
});

remoteTest("run refuses a server whose host key is another one", async (place, server) => {
  await place.configure(withRepository(server));
  await place.write("known_hosts", "");
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /Host key verification failed|host key is known/);
});

remoteTest("run names the restriction when the path is not allowed", async (place, server) => {
  const { url, ...rest } = server.repository("first");
  await place.configure({
    repositories: [
      repository("first", { ...rest, url: String(url).replace(place.directory, "/elsewhere") }),
    ],
  });
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /the server does not allow access to "ssh:/);
  assert.match(stderr, /--restrict-to-path/);
});

remoteTest("run names remote_borg when Borg is not on the server", async (place, server) => {
  await place.configure(withRepository(server, { remote_borg: "/nowhere/borg" }));
  // The forced command of a real server would hide it: this one runs what it is asked to.
  const file = place.at("authorized_keys");
  const keys = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, keys.replace(/^restrict,command="[^"]*" /, ""));
  const { stderr } = await place.expect(2, "run");
  assert.match(stderr, /Borg is installed|Install Borg/);
  assert.match(stderr, /remote_borg/);
});

Deno.test("run fails, or skips an optional repository, when nobody listens there", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `ssh://nobody@127.0.0.1:${listener.addr.port}/first.borg`;
  listener.close();
  await using place = await Place.quick({
    repositories: [repository("first", { url }), repository("second")],
  });
  await place.expect(0, "init", "--repo", "second");
  const needed = await place.expect(2, "run");
  assert.match(needed.stderr, /the connection to the server failed: .*Connection refused/);
  await place.configure({
    ...QUICK,
    repositories: [repository("first", { url, optional: true }), repository("second")],
  });
  const optional = await place.expect(0, "run");
  assert.match(optional.stderr, /first absent, second ok$/m);
});
