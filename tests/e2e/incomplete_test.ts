import assert from "node:assert/strict";
import { MailServer } from "../report/mail/mail_server.ts";
import { Place, repository } from "./place.ts";

Deno.test("run, status, list and history call a backup incomplete that lacks a source", async () => {
  await using server = await MailServer.start();
  await using place = await Place.quick({
    sources: { directories: ["source", "more"] },
    repositories: [repository("first"), repository("usb", { optional: true })],
    mail: {
      server: "localhost",
      port: server.port,
      security: "none",
      from_address: "backup@example.org",
      recipients: ["root@example.org"],
    },
  });
  await place.write("more/file", "more");
  await place.expect(0, "init", "--repo", "first");
  await place.expect(0, "run");
  await Deno.remove(place.at("more"), { recursive: true });
  const { stderr } = await place.expect(2, "run");
  const told = /^FAILED after .*: Cannot back up ".*\/more": .*, first incomplete, usb absent$/m;
  const table = /^first +incomplete +\d+ \w+ ago, from 20\d\d-.*\nusb +absent +none$/m;
  for (const part of [told, /^ {2}error: Cannot back up .*\n {4}hint: /m, table]) {
    assert.match(stderr, part);
  }
  const { subject = "", text = "" } = server.received.at(-1) ?? {};
  assert.match(subject, /^\[FAILED\] web on .*: Cannot back up .*, first incomplete, usb absent$/);
  assert.match(text, table);
  const heads = ["WHAT IS WRONG", "LAST GOOD BACKUPS", "STEPS", "LOG"];
  const order = heads.map((head) => text.indexOf(`\n${head}`));
  assert.deepEqual(order, order.toSorted((a, b) => a - b));
  assert.ok(!order.includes(-1));
  assert.match(
    await place.log(),
    / ERROR +\[first\] repository: incomplete, a source is missing$/m,
  );
  const { stdout: status } = await place.expect(1, "status");
  assert.match(status, /^web has an alarm: .*; the last run failed$/m);
  assert.match(status, /^first +fresh .* incomplete /m);
  assert.match(
    (await place.expect(0, "history")).stdout,
    /failed .* first incomplete, usb absent$/m,
  );
  assert.match(
    (await place.expect(0, "list", "--repo", "first")).stdout,
    / failed +incomplete +yes$/m,
  );
});
