import assert from "node:assert/strict";
import { explainFailure } from "../../../lib/report/mail/smtp_failure.ts";
import { createMasker, Secret } from "../../../lib/text/secret.ts";
import { mailWith } from "./configured.ts";

const WHERE = {
  mail: mailWith(),
  stage: "login",
  mask: createMasker([new Secret("geheim")]),
} as const;

Deno.test("explainFailure() uses nothing of an error that may hold a command line", () => {
  const error = Object.assign(new Error("AUTH PLAIN geheim failed: 535 no"), {
    code: "EAUTH",
    command: "AUTH PLAIN geheim",
    response: "535-no,\r\n535 geheim\x1b[31m",
  });
  const explained = explainFailure(error, WHERE);
  assert.equal(
    explained.message,
    'Cannot send mail via "localhost:25": the login failed; it answered "535-no, 535 ***\\x1b[31m"',
  );
  assert.equal(explained.cause, undefined);
});

Deno.test("explainFailure() does not take a mistake of the program for one of the server", () => {
  const explained = explainFailure(new TypeError("x.y is not a function: geheim"), WHERE);
  assert.equal(explained.kind, "local");
  assert.equal(
    explained.message,
    'Cannot send mail via "localhost:25": x.y is not a function: ***',
  );
});

Deno.test("explainFailure() tells answers that last from those that do not", () => {
  const answers = [["421", false], ["450", false], ["503", false], ["535", true], ["550", true]];
  for (const [status, permanent] of answers) {
    const error = { code: "EPROTOCOL", response: `${status} text` };
    assert.equal(explainFailure(error, WHERE).permanent, permanent, String(status));
  }
});

Deno.test("explainFailure() takes an unknown failure for one of the encryption when that was next", () => {
  const error = Object.assign(new Error("write UNKNOWN"), {
    code: "ESOCKET",
    originalCode: "UNKNOWN",
  });
  const says = (security: "starttls" | "none") =>
    explainFailure(error, { ...WHERE, mail: mailWith({ security }), stage: "greeting" });
  assert.match(says("starttls").message, /no encrypted connection could be made$/);
  assert.equal(says("starttls").permanent, false);
  assert.match(says("none").message, /the connection was lost during the greeting/);
});

Deno.test("explainFailure() blames the mail alone when its sender, recipients or size are refused", () => {
  const refused = [
    { code: "EENVELOPE", command: "RCPT TO", response: "550 no such user", stage: "data" },
    { code: "EENVELOPE", command: "MAIL FROM", response: "553 who is that", stage: "data" },
    { code: "EMESSAGE", stage: "greeting" },
  ] as const;
  for (const { stage, ...error } of refused) {
    const explained = explainFailure(error, { ...WHERE, stage });
    assert.equal(explained.stage, "envelope", JSON.stringify(error));
    assert.equal(explained.concernsServer, false);
  }
});
