import assert from "node:assert/strict";
import { MailServer } from "../../report/mail/mail_server.ts";
import { json, Service } from "../../report/notify/service.ts";
import { Scene } from "../scene.ts";

const HOUR = 3_600_000;
const FIRST = Date.parse("2126-11-01T04:00:00Z");
const WHENS = ["changes", "problems", "always"] as const;

Deno.test("run and status --notify tell bad nights once, and a timer that stopped once", async () => {
  await using service = new Service(() => json({ id: "abc" }));
  await using server = await MailServer.start();
  const notify = WHENS.map((when) => ({
    ...{ kind: "ntfy", label: when, when, url: service.url(`/topic-of-${when}`) },
  }));
  const mail = {
    ...{ server: "127.0.0.1", port: server.port, security: "none", when: "changes" },
    ...{ from_address: "backup@example.org", recipients: ["root@example.org"] },
  };
  using scene = new Scene({ notify, mail });
  /** How many messages there were since, for each `when`, and how many mails. */
  const counts = () => {
    const topics = service.heard.splice(0).map(({ body }) => JSON.parse(body).topic);
    const messages = WHENS.map((when) =>
      topics.filter((topic) => topic === `topic-of-${when}`).length
    );
    return [...messages, server.received.splice(0).length];
  };
  const status = async (hours: number) => {
    scene.now = new Date(FIRST + hours * HOUR);
    await scene.run("status", "--notify");
  };
  /** A night and the day after it; the last net is started when the run fails. */
  const night = async (number: number, isBad: boolean) => {
    scene.now = new Date(FIRST + number * 24 * HOUR);
    if (isBad) scene.borg.fails("create", "No space left on device", "OSError");
    else scene.borg.createSucceeds();
    const { code } = await scene.run("run");
    assert.equal(code, isBad ? 2 : 0);
    if (isBad) await status(number * 24 + 0.1);
    for (const hours of [3, 11, 19]) await status(number * 24 + hours);
  };
  for (let number = 0; number < 9; number++) await night(number, [3, 4, 7].includes(number));
  assert.deepEqual(counts(), [4, 3, 9, 4]);
  // For two days nothing starts a run.
  for (let hours = 9 * 24; hours < 11 * 24; hours += 4) await status(hours);
  assert.deepEqual(counts(), [1, 1, 1, 1]);
  await night(11, false);
  assert.deepEqual(counts(), [1, 0, 2, 1]);
});
