import assert from "node:assert/strict";
import { authenticationFailure, sortFindings } from "../../lib/borg/authentication_failure.ts";
import { explainFailure } from "../../lib/borg/failure.ts";
import { error, repositoryWith } from "./repositories.ts";

/** What Borg 1.2 says when the manifest has no tag; written by 1.2.4 and 1.2.9. */
const MANIFEST_12 = `Manifest is unauthenticated, but it is required for this repository.

This either means that you are under attack, or that you modified this repository
with a Borg version older than 1.0.9 after TAM authentication was enabled.

In the latter case, use "borg upgrade --tam --force '/mnt/disk/borg'" to re-authenticate the manifest.`;
/** The same of Borg 1.4. */
const MANIFEST_14 = "Manifest is unauthenticated, but it is required for this repository.";
const MANIFEST_INVALID = "Data integrity error: Manifest authentication did not verify";
const ARCHIVE = "Archive 'bad' is unauthenticated, but it is required for this repository.";
const ARCHIVE_INVALID = "Data integrity error: Archive authentication did not verify";
/** What `check` of Borg 1.2.9 and of 1.4.5 say, with the closing words of each. */
const CHECKED_12 = [
  `Archive TAM authentication issue for archive bad: ${ARCHIVE}`,
  "This archive will be *removed* from the manifest! It will be deleted.",
];
const CHECKED_14 = [
  `Archive TAM authentication issue for archive two: words: ${ARCHIVE_INVALID}`,
  "This archive would be *removed* / *deleted* when using --repair!",
];
const CLOSING = "Archive consistency check complete, problems found.";

const REPOSITORY = repositoryWith();

function only(...errors: string[]) {
  const { failures } = sortFindings(REPOSITORY, errors);
  assert.equal(failures.length, 1, JSON.stringify(failures));
  return failures[0] ?? assert.fail();
}

Deno.test("explainFailure() takes what is not authenticated for a kind of its own", () => {
  const said: Readonly<Record<string, string>> = {
    TAMRequiredError: MANIFEST_12,
    TAMInvalid: MANIFEST_INVALID,
    TAMUnsupportedSuiteError:
      "Could not verify manifest: Unsupported suite 'X'; a newer version is needed.",
    ArchiveTAMRequiredError: ARCHIVE,
    ArchiveTAMInvalid: ARCHIVE_INVALID,
  };
  for (const [msgid, text] of Object.entries(said)) {
    assert.equal(explainFailure(REPOSITORY, error(msgid, text)).kind, "unauthenticated", msgid);
    // Known by the text alone: a server's Borg may name it otherwise.
    const unnamed = explainFailure(REPOSITORY, error(undefined, text));
    assert.equal(unnamed.kind, "unauthenticated", text);
    const integrity = explainFailure(REPOSITORY, error("IntegrityError", text));
    assert.equal(integrity.kind, "unauthenticated", text);
    assert.equal(explainFailure(REPOSITORY, error(msgid, "")).kind, "unauthenticated", msgid);
  }
  const damage = error("IntegrityError", "Data integrity error: Segment entry checksum mismatch");
  assert.equal(explainFailure(REPOSITORY, damage).kind, "damaged");
});

Deno.test("authenticationFailure() repeats Borg's warning in full, behind its own advice", () => {
  for (const said of [MANIFEST_12, `Repository manifest is corrupted: ${MANIFEST_12}`]) {
    const { message } = authenticationFailure(REPOSITORY, [said]) ?? assert.fail();
    const [own = "", quoted = ""] = message.split(/(?<=which\. )Borg's warning: /);
    assert.ok(quoted.endsWith(MANIFEST_12.replace(/\s+/g, " ").replace(/\.$/, "")), quoted);
    assert.match(own, /this is an attack, or a Borg older than 1\.0\.9/);
    assert.match(own, /Do not follow the advice in Borg's warning until you know which\. $/);
    assert.doesNotMatch(own, /--repair|--force/);
  }
});

Deno.test("authenticationFailure() says how to look, and what the two ways out destroy", () => {
  for (const said of [MANIFEST_12, MANIFEST_14, MANIFEST_INVALID, ARCHIVE, ARCHIVE_INVALID]) {
    const { hint = "" } = authenticationFailure(REPOSITORY, [said]) ?? assert.fail();
    assert.match(
      hint,
      /^Look first; this changes nothing[^:]*: "autoborg borg disk -- (?:check|list) /,
    );
    const [command = ""] = /autoborg borg [^"]*/.exec(hint) ?? [];
    assert.doesNotMatch(command, /repair|force|upgrade|delete/);
    assert.match(hint, /"check --repair" deletes what is not authenticated/);
    assert.match(hint, /"upgrade" with --tam or --archives-tam accepts it as genuine/);
  }
});

Deno.test("sortFindings() tells apart archives that are not authenticated from damage", () => {
  assert.match(only(...CHECKED_12, CLOSING).message, /^the archive "bad" is not authenticated/);
  assert.match(only(...CHECKED_14, CLOSING).message, /^the archive "two" is not authenticated/);
  const both = only(...CHECKED_12, ...CHECKED_14, ...CHECKED_12, CLOSING);
  assert.match(both.message, /^2 archives are not authenticated: "bad", "two"\. They are forged/);
  const damage = "Index object count mismatch.";
  const { failures, others } = sortFindings(REPOSITORY, [damage, ...CHECKED_12, CLOSING]);
  assert.equal(failures.length, 1);
  assert.deepEqual(others, [damage, CLOSING]);
  assert.deepEqual(sortFindings(REPOSITORY, [damage]), { failures: [], others: [damage] });
});

Deno.test("sortFindings() names the manifest and the archives, each with its own advice", () => {
  const { failures } = sortFindings(REPOSITORY, [
    `Repository manifest is corrupted: ${MANIFEST_14}`,
    ...CHECKED_14,
    "This archive will *not* be added to the rebuilt manifest! It will be deleted.",
    CLOSING,
  ]);
  assert.deepEqual(failures.map(({ message }) => message.split(",")[0]), [
    "the repository's manifest",
    'the archive "two" is not authenticated: it is forged (CVE-2023-36811)',
  ]);
});

Deno.test("sortFindings() names at most 20 archives", () => {
  const many = Array.from(
    { length: 30 },
    (_, at) => `Archive TAM authentication issue for archive a${at}: ${ARCHIVE}`,
  );
  const { message } = only(...many);
  assert.match(message, /^30 archives are not authenticated: "a0", .*"a19", …\. They/);
  assert.doesNotMatch(message, /"a20"/);
});
