import assert from "node:assert/strict";
import { MailServer } from "../report/mail/mail_server.ts";
import { SmallDisk } from "./full_disk.ts";
import { Place, type Table } from "./place.ts";

/** A place with a mail server and a small disk at one of its directories. */
class Small implements AsyncDisposable {
  private constructor(
    readonly place: Place,
    readonly server: MailServer,
    readonly disk: SmallDisk,
  ) {}

  static async make(directory: string, tables: Table = {}): Promise<Small | undefined> {
    const server = await MailServer.start();
    const recipients = ["root@example.org"];
    const place = await Place.quick({
      mail: {
        server: "localhost",
        port: server.port,
        security: "none",
        from_address: "backup@example.org",
        recipients,
      },
      ...tables,
    });
    await place.init();
    const disk = await SmallDisk.mount(place.at(directory), "1m");
    if (disk !== undefined) return new Small(place, server, disk);
    await server[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
    return undefined;
  }

  /** The text of the one mail that came. */
  mail(): string {
    assert.equal(this.server.received.length, 1);
    return this.server.received[0]?.mail.text ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disk[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await this.place[Symbol.asyncDispose]();
  }
}

/** Whether small disks can be mounted here. */
const ignore = await (async () => {
  const directory = await Deno.makeTempDir();
  await using disk = await SmallDisk.mount(directory, "64k");
  return disk === undefined;
})();

Deno.test("run says in every trace that the log is incomplete when its disk is full", {
  ignore,
}, async () => {
  await using small = await Small.make("logs");
  assert.ok(small);
  small.disk.fill();
  const { stderr } = await small.place.expect(1, "run");
  const said = /The log ".*" is incomplete: .*[Nn]o space left.*, nothing could be written since /;
  assert.match(stderr, said);
  assert.match(small.mail(), said);
  assert.match(small.server.received[0]?.subject ?? "", /warning/i);
  assert.equal((await small.place.archives("first")).length, 1);
  const { stdout } = await small.place.expect(0, "history", "--json");
  assert.match(stdout, /is incomplete/);
});

Deno.test("run says that there is no log when its disk is read-only", { ignore }, async () => {
  await using small = await Small.make("logs");
  assert.ok(small);
  await small.disk.makeReadOnly();
  const { stderr } = await small.place.expect(1, "run");
  assert.match(stderr, /Cannot create the log file ".*": .*[Rr]ead-only/);
  assert.match(small.mail(), /Cannot create the log file ".*": .*[Rr]ead-only/);
});

for (const how of ["full", "read-only"] as const) {
  Deno.test(`run makes the backup and says by mail that its state directory is ${how}`, {
    ignore,
  }, async () => {
    await using small = await Small.make("state");
    assert.ok(small);
    const { place, server, disk } = small;
    await place.expect(0, "run");
    if (how === "full") disk.fill();
    else await disk.makeReadOnly();
    const { stderr } = await place.expect(1, "run");
    assert.match(stderr, /Cannot write to the mail spool/);
    assert.match(stderr, /history/);
    assert.equal((await place.archives("first")).length, 2);
    const mail = server.received.at(-1);
    assert.match(mail?.subject ?? "", /warning/i);
    assert.match(mail?.mail.text ?? "", /Cannot write to the mail spool .*(?:space|Read-only)/);
    assert.match(
      (await place.autoborg("status")).stdout,
      /Cannot write to the state dir/,
    );
    if (how === "read-only") return;
    disk.empty();
    // The run that could not be recorded made an archive that the history does not know.
    const asks = await place.expect(1, "run");
    assert.match(asks.stderr, /1 archive was not created by this machine: .*autoborg machine/);
    await place.expect(0, "accept", "first");
    await place.expect(0, "run");
    assert.doesNotMatch((await place.autoborg("status")).stdout, /Nothing can be written/);
  });
}
