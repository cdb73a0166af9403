import assert from "node:assert/strict";
import fc from "fast-check";
import { explainFailure } from "../../lib/borg/failure.ts";
import type { BorgWords } from "../../lib/borg/failure_kinds.ts";
import { error, repositoryWith } from "./repositories.ts";

const REMOTE = repositoryWith({ url: "ssh://backup@server/./borg" });

function explain(words: BorgWords) {
  return explainFailure(repositoryWith(), words);
}

Deno.test("explainFailure() has a sentence for each failure that Borg names", () => {
  const known: Readonly<Record<string, RegExp>> = {
    "Repository.DoesNotExist": /^there is no repository at "\/mnt\/disk\/borg"$/,
    "Repository.ParentPathDoesNotExist": /^the directory above "\/mnt\/disk\/borg" does not exist$/,
    "Repository.AlreadyExists": /^a repository already exists at/,
    "Repository.PathAlreadyExists": /^something other than a Borg repository exists/,
    "Repository.InvalidRepository": /is not a Borg repository$/,
    "Repository.InvalidRepositoryConfig": /own "config" file is damaged/,
    "Repository.CheckNeeded": /damage|check/,
    "Repository.ObjectNotFound": /damage/,
    "IntegrityError": /damage/,
    "FileIntegrityError": /damage/,
    "Repository.InsufficientFreeSpaceError": /^no space is left/,
    "Repository.StorageQuotaExceeded": /quota/,
    "LockTimeout": /^the repository is locked; gave up after waiting 10 min$/,
    "LockFailed": /locked/,
    "LockError": /locked/,
    "PassphraseWrong": /^wrong passphrase$/,
    "NoPassphraseFailure": /no passphrase is configured/,
    "PasscommandFailure": /^the passphrase_command failed$/,
    "KeyfileNotFoundError": /key file is not on this machine/,
    "RepoKeyNotFoundError": /lost its key/,
    "Cache.RepositoryAccessAborted": /was at another place before/,
    "Cache.CacheInitAbortedError": /not encrypted, and this machine has never seen it/,
    "Cache.EncryptionMethodMismatch": /encryption has changed/,
    "Cache.RepositoryReplay": /older than its last known state/,
    "Cache.RepositoryIDNotUnique": /same id/,
    "TAMRequiredError": /manifest.* is not authenticated/,
    "ArchiveTAMInvalid": /archive is not authenticated/,
    "Archive.AlreadyExists": /archive of this name exists already/,
    "PathNotAllowed": /does not allow access/,
    "ConnectionClosed": /^the connection was closed by the server$/,
    "ConnectionClosedWithHint": /^the connection was closed by the server$/,
  };
  for (const [msgid, sentence] of Object.entries(known)) {
    const { message, hint, kind } = explain(error(msgid, "What Borg said."));
    assert.match(message, sentence, msgid);
    assert.doesNotMatch(message, /\.$/, `${msgid} ends with a full stop`);
    // What init finds is no failure that somebody must do something about.
    if (kind !== "repository-exists") assert.ok(hint !== undefined && hint !== "", msgid);
  }
});

Deno.test("explainFailure() does not call a repository locked that can't be written to", () => {
  const lock = "Failed to create/acquire the lock /r/lock.exclusive";
  const said = (reason: string) => explain(error("LockFailed", `${lock} (${reason}).`));
  const readOnly = said("[Errno 30] Read-only file system: '/r/lock.exclusive.x.tmp'");
  assert.match(readOnly.message, /read-only file system$/);
  assert.match(said("[Errno 28] No space left on device").message, /^no space is left/);
  assert.match(said("[Errno 13] Permission denied: '/r'").message, /^permission denied/);
  assert.equal(readOnly.kind, "other");
  assert.equal(said("[Errno 11] Resource temporarily unavailable").kind, "locked");
});

Deno.test("explainFailure() says how much space Borg needs", () => {
  const said = "Insufficient free space to complete transaction " +
    "(required: 545.43 MB, available: 300.52 MB).";
  assert.equal(
    explain(error("Repository.InsufficientFreeSpaceError", said)).message,
    "too little space is left for the repository: Borg needs 545.43 MB of free space, 300.52 MB are free",
  );
});

Deno.test("explainFailure() tells apart what the caller acts on", () => {
  const kindOf = (msgid: string) => explain(error(msgid, "")).kind;
  assert.equal(kindOf("Repository.DoesNotExist"), "missing-repository");
  assert.equal(kindOf("Repository.AlreadyExists"), "repository-exists");
  assert.equal(kindOf("LockTimeout"), "locked");
  assert.equal(kindOf("PassphraseWrong"), "other");
});

Deno.test("explainFailure() takes an empty directory for a repository that is missing", () => {
  const directory = Deno.makeTempDirSync();
  const repository = repositoryWith({ url: directory });
  const words = error("Repository.InvalidRepository", "");
  assert.equal(explainFailure(repository, words).kind, "missing-repository");
  Deno.writeTextFileSync(`${directory}/file`, "");
  assert.equal(explainFailure(repository, words).kind, "other");
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("explainFailure() names the holder of a lock from the lock itself", () => {
  const directory = Deno.makeTempDirSync({ prefix: "borg (usb disk) " });
  const lock = `${directory}/lock.exclusive`;
  Deno.mkdirSync(lock);
  Deno.writeTextFileSync(`${lock}/my.host.example@3281355014145.12979-0`, "");
  const text = `Failed to create/acquire the lock ${lock} (timeout).`;
  const repository = repositoryWith({ url: directory, lockWait: 5_000 });
  const { message, hint } = explainFailure(repository, error("LockTimeout", text));
  assert.equal(
    message,
    "the repository is locked by process 12979 on my.host.example; gave up after waiting 5 s",
  );
  assert.match(hint ?? "", /^Look first: "ps -fp 12979" on my\.host\.example\. /);
  assert.match(hint ?? "", /: "autoborg borg disk -- break-lock"\. It removes the lock also /);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("explainFailure() says when it is Borg's cache that is locked", () => {
  const id = "0123456789abcdef".repeat(4);
  const text =
    `Failed to create/acquire the lock /home/me/.cache/borg/${id}/lock.exclusive (timeout).`;
  const { message } = explain(error("LockTimeout", text));
  assert.match(message, /^Borg's cache of the repository is locked; gave up after waiting 10 min$/);
});

Deno.test("explainFailure() says why ssh could not connect", () => {
  const closed = (...last: string[]) =>
    explainFailure(REMOTE, error("ConnectionClosedWithHint", "Connection closed", ...last));
  const refused = closed("Remote: ssh: connect to host server port 22: Connection refused");
  assert.equal(refused.kind, "unreachable");
  assert.equal(
    refused.message,
    "the connection to the server failed: ssh: connect to host server port 22: Connection refused",
  );
  const unknown = closed(
    "Remote: ssh: Could not resolve hostname server: Name or service not known",
  );
  assert.equal(unknown.kind, "unreachable");
  const denied = closed("Remote: backup@server: Permission denied (publickey).");
  assert.equal(denied.kind, "other");
  assert.match(denied.hint ?? "", /authorized_keys/);
  const key = closed("Remote: Host key verification failed.");
  assert.equal(key.kind, "other");
  assert.match(key.hint ?? "", /host key/);
  // The line that should follow it comes too late now and then.
  const strict =
    "No ED25519 host key is known for [server]:22 and you have requested strict checking.";
  const early = closed(`Remote: ${strict}`);
  assert.deepEqual([early.message, early.hint], [
    `the connection to the server failed: ${strict}`,
    key.hint,
  ]);
  const borg = closed("Remote: bash: line 1: borg: command not found");
  assert.match(borg.hint ?? "", /remote_borg/);
  const option = closed("Remote: command-line: line 0: Bad configuration option: nosuch");
  assert.match(option.hint ?? "", /ssh_options/);
  assert.match(closed("Remote: Bye").message, /closed by the server: Bye$/);
});

Deno.test("explainFailure() finds the reason in what Python says", () => {
  const traceback = [
    "Traceback (most recent call last):",
    '  File "archiver.py", line 1, in main',
    "OSError: [Errno 28] No space left on device: '/mnt/disk/borg/data/0/5'",
    "Platform: Linux host 6.1",
    "Borg: 1.2.4  Python: CPython 3.11.2",
  ].join("\n");
  assert.match(explain(error(undefined, traceback)).message, /^no space is left on the device/);
  const denied = traceback.replace(/\[Errno 28\].*/, "[Errno 13] Permission denied: '/mnt'");
  assert.match(explain(error(undefined, denied)).message, /^permission denied: OSError: /);
  const readOnly = traceback.replace(/\[Errno 28\].*/, "[Errno 30] Read-only file system: '/mnt'");
  assert.match(explain(error(undefined, readOnly)).message, /read-only file system/);
  const strange = traceback.replace(/OSError.*/, "ValueError: something odd");
  assert.equal(explain(error(undefined, strange)).message, "ValueError: something odd");
});

Deno.test("explainFailure() names the key when Python can't read a pattern", () => {
  const reason = "unterminated character set at position 0";
  // What Python calls it: since 3.13, since 3.7, and before.
  for (const name of ["re.PatternError", "re.error", "sre_constants.error"]) {
    const traceback = ["Traceback (most recent call last):", "    raise source.error(", "", ""];
    for (const after of [[], ["", "Platform: Linux host 6.1", "SSH_ORIGINAL_COMMAND: None"]]) {
      const last = [...traceback, `${name}: ${reason}`, ...after];
      const { kind, message, hint } = explain({ errors: [], last });
      assert.equal(kind, "other");
      assert.equal(message, `Borg can't read a pattern of sources.exclude: ${reason}`);
      assert.match(hint ?? "", /^Correct the pattern in \[sources\] exclude/);
      assert.match(hint ?? "", /Python/);
    }
  }
});

Deno.test("explainFailure() does not blame sources.exclude when another pattern is wrong", () => {
  const traceback = "Traceback (most recent call last):\nre.error: nothing to repeat at position 0";
  assert.doesNotMatch(explain(error(undefined, traceback)).message, /exclude/);
  assert.doesNotMatch(explain(error(undefined, "notre.error: odd")).message, /exclude/);
});

Deno.test("explainFailure() admits that Borg did not say why", () => {
  assert.equal(explain({ errors: [], last: [] }).message, "Borg did not say why");
});

Deno.test("explainFailure() always gives a message, whatever Borg said", () => {
  const words = fc.record({ msgid: fc.option(fc.string(), { nil: undefined }), text: fc.string() });
  fc.assert(fc.property(words, fc.array(fc.string()), ({ msgid, text }, last) => {
    assert.notEqual(explain(error(msgid, text, ...last)).message, "");
  }));
  for (const msgid of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    assert.equal(explain(error(msgid, "odd")).message, "odd");
  }
});

Deno.test("explainFailure() says so when Borg can't read an entry of an archive", () => {
  const traceback = (frame: string, exception: string) =>
    `Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/borg/archiver.py", line 5213, in main
    exit_code = archiver.run(args)
  File "/usr/lib/python3/dist-packages/borg/archiver.py", line 1417, in ${frame}
    something(item)
  File "src/borg/item.pyx", line 112, in borg.item.PropDict._make_property._get
${exception}

Platform: Linux`;
  const failure = (frame: string, exception: string) =>
    explain(error(undefined, traceback(frame, exception)));
  for (const frame of ["_list_archive", "do_extract"]) {
    for (
      const exception of [
        "AttributeError: attribute source not found",
        "KeyError: 40960",
        "TypeError: mode value must be int",
      ]
    ) {
      const { message, hint } = failure(frame, exception);
      const expected =
        `Borg can't read an entry of the archive (${exception}); the archive was not ` +
        "made by Borg as it is, or is damaged";
      assert.equal(message, expected);
      assert.match(hint ?? "", /^Choose another archive, .*"autoborg list"$/);
    }
  }
  // The same at another place, or another exception there, is something else.
  assert.equal(failure("do_create", "KeyError: 40960").message, "KeyError: 40960");
  assert.equal(failure("do_extract", "MemoryError: x").message, "MemoryError: x");
});

Deno.test("explainFailure() says that a repository is missing when an automount has no disk", () => {
  const traceback = (path: string) =>
    `Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/borg/repository.py", line 426, in open
    st = os.stat(path)
OSError: [Errno 19] No such device: '${path}'

Platform: Linux`;
  assert.equal(explain(error("Exception", traceback("/mnt/disk/borg"))).kind, "missing-repository");
  // A source that is gone is something else.
  assert.equal(explain(error("Exception", traceback("/home/data"))).kind, "other");
});
