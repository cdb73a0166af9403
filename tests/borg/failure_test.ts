import assert from "node:assert/strict";
import fc from "fast-check";
import { explainFailure } from "../../lib/borg/failure.ts";
import { withoutPruning } from "../../lib/borg/system_failure.ts";
import type { BorgWords } from "../../lib/borg/failure_kinds.ts";
import { error, repositoryWith } from "./repositories.ts";

const REMOTE = repositoryWith({ url: "ssh://backup@server/./borg" });

function explain(words: BorgWords) {
  return explainFailure(repositoryWith(), words);
}

Deno.test("explainFailure() shows the first paragraph and the id of what it does not know", () => {
  const text = 'Something odd happened\nwith the "archive".\n\nPlease report it at the tracker.';
  assert.equal(
    explain(error("Archive.SomethingNew", text, "Remote: a last line")).message,
    'Something odd happened with the "archive" (Archive.SomethingNew)',
  );
  const traceback = [
    "Traceback (most recent call last):",
    '  File "archiver.py", line 1, in main',
    "borg.new.OddError: first line",
    "\tand a second one",
    "",
    "Platform: Linux host 6.1",
  ].join("\n");
  assert.equal(
    explain(error(undefined, traceback)).message,
    "borg.new.OddError: first line and a second one",
  );
  const usage = ["usage: borg create [-h]", "              ARCHIVE", "borg create: error: odd"];
  assert.equal(explain({ errors: [], last: usage }).message, "borg create: error: odd");
});

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
    "Repository.InsufficientFreeSpaceError": /^the file system of the repository is full/,
    "Repository.StorageQuotaExceeded": /quota/,
    "LockTimeout": /^the repository is locked; gave up after waiting 10 min$/,
    "LockFailed": /locked/,
    "LockError": /locked/,
    "PassphraseWrong": /^wrong passphrase$/,
    "NoPassphraseFailure": /no passphrase is configured/,
    "PasscommandFailure": /^the passphrase_command failed$/,
    "KeyfileNotFoundError": /key file is not on this machine/,
    "RepoKeyNotFoundError": /lost its key/,
    "Cache.RepositoryAccessAborted": /was at another location before/,
    "Cache.CacheInitAbortedError": /not encrypted and unknown to this machine/,
    "Cache.EncryptionMethodMismatch": /encryption has changed/,
    "Cache.RepositoryReplay": /older than its last known state/,
    "Cache.RepositoryIDNotUnique": /same id/,
    "TAMRequiredError": /manifest.* is not authenticated/,
    "ArchiveTAMInvalid": /archive is not authenticated/,
    "Archive.AlreadyExists": /archive of this name already exists/,
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
  assert.match(
    said("[Errno 28] No space left on device").message,
    /^the file system of the repository.* is full/,
  );
  assert.match(said("[Errno 13] Permission denied: '/r'").message, /^permission denied/);
  assert.equal(readOnly.kind, "other");
  assert.equal(said("[Errno 11] Resource temporarily unavailable").kind, "locked");
});

Deno.test("explainFailure() says how much space Borg needs", () => {
  const said = "Insufficient free space to complete transaction " +
    "(required: 545.43 MB, available: 300.52 MB).";
  assert.equal(
    explain(error("Repository.InsufficientFreeSpaceError", said)).message,
    "too little space is left for the repository: Borg needs 545.43 MB of free space, 300.52 MB is free",
  );
});

Deno.test("withoutPruning() leaves out what pruning could do where there is nothing to prune", () => {
  const said = "Insufficient free space to complete transaction (required: 2 MB, available: 1 MB).";
  const failure = explain(error("Repository.InsufficientFreeSpaceError", said));
  assert.match(failure.hint ?? "", /prunes and compacts/);
  const { hint } = withoutPruning(failure, "disk");
  assert.equal(hint, 'Free some space where "/mnt/disk/borg" is');
  const quota = explain(error("Repository.StorageQuotaExceeded", "The quota is exceeded."));
  assert.match(withoutPruning(quota, "disk").hint ?? "", /^Raise the quota: .* at its provider$/);
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

Deno.test("explainFailure() names the repository that is inside of what is none", () => {
  const directory = Deno.makeTempDirSync();
  const repository = repositoryWith({ url: directory });
  Deno.mkdirSync(`${directory}/borg`);
  const words = error("Repository.InvalidRepository", "");
  assert.match(explainFailure(repository, words).hint ?? "", /^Check the URL of/);
  Deno.writeTextFileSync(`${directory}/borg/README`, "This is a Borg Backup repository.\n");
  const { hint } = explainFailure(repository, words);
  assert.equal(
    hint,
    `"${directory}/borg" is one: set url = "${directory}/borg" in [[repositories]] "disk" if that is the one you mean`,
  );
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("explainFailure() shows what a passphrase_command wrote to standard error", () => {
  const failure = error(
    "PasscommandFailure",
    "The command in BORG_PASSCOMMAND failed",
    "cat: /k: none",
  );
  assert.equal(explain(failure).message, "the passphrase_command failed: cat: /k: none");
  const silent = error("PasscommandFailure", "The command in BORG_PASSCOMMAND failed");
  assert.equal(explain(silent).message, "the passphrase_command failed");
});

Deno.test("explainFailure() puts sudo before what only root can do on a server", () => {
  const busy = "Remote: kex_exchange_identification: Connection closed by remote host";
  const hintFor = (url: string) =>
    explainFailure(repositoryWith({ url }), error("ConnectionClosedWithHint", "", busy)).hint ?? "";
  assert.match(hintFor("ssh://backup@server/./borg"), /"sudo journalctl -u ssh"$/);
  assert.match(hintFor("root@server:borg"), /"journalctl -u ssh"$/);
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
  assert.match(hint ?? "", /: "autoborg borg disk -- break-lock"\. It also removes the lock /);
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
  assert.match(key.hint ?? "", /as the user who runs autoborg: "ssh \S*server"/);
  const early = closed(`Remote: ${strict}`);
  assert.deepEqual([early.message, early.hint], [
    `this machine does not know the server's host key yet: ${strict.slice(0, -1)}`,
    key.hint,
  ]);
  const borg = closed("Remote: bash: line 1: borg: command not found");
  assert.match(borg.hint ?? "", /remote_borg/);
  const option = closed("Remote: command-line: line 0: Bad configuration option: nosuch");
  assert.match(option.hint ?? "", /ssh_options/);
  assert.match(unknown.hint ?? "", /"getent hosts server" shows/);
  assert.match(refused.hint ?? "", /^server is up, but refuses connections to port 22: /);
  assert.match(closed("Remote: Bye").message, /closed by the server: Bye$/);
});

Deno.test("explainFailure() names the cause that ssh says first, not what follows from it", () => {
  const explained = (sshKey: string | undefined, ...last: string[]) =>
    explainFailure({ ...REMOTE, sshKey }, error("ConnectionClosedWithHint", "Closed", ...last));
  const denied = "Remote: backup@server: Permission denied (publickey).";
  const open = explained(
    "/root/my key",
    "Remote: @         WARNING: UNPROTECTED PRIVATE KEY FILE!          @",
    "Remote: Permissions 0644 for '/root/my key' are too open.",
    'Remote: Load key "/root/my key": bad permissions',
    denied,
  );
  assert.match(open.message, /^the private SSH key cannot be used: /);
  assert.match(open.hint ?? "", /"chmod 600 '\/root\/my key'"$/);
  const damaged = explained(undefined, 'Remote: Load key "/k": error in libcrypto', denied);
  assert.match(damaged.message, /^the private SSH key cannot be used: /);
  assert.match(damaged.hint ?? "", /ssh-keygen -y -f \/k"/);
  assert.match(explained(undefined, denied).message, /^the server does not accept the key: /);
  const refusing = "kex_exchange_identification: Connection closed by remote host";
  const busy = explained(undefined, `Remote: ${refusing}`);
  assert.equal(busy.message, `the server is refusing connections: ${refusing}`);
  // MaxStartups of twenty clients is over in a moment.
  assert.equal(busy.kind, "unreachable");
});

Deno.test("explainFailure() does not blame the server when the way to it fails", () => {
  const explained = (sshOptions: readonly string[], ...last: string[]) =>
    explainFailure({ ...REMOTE, sshOptions }, error("ConnectionClosedWithHint", "Closed", ...last));
  const early = "Remote: kex_exchange_identification: Connection closed by remote host";
  const ended = [early, "Remote: Connection closed by UNKNOWN port 65535"];
  const missing = "Remote: /bin/sh: 1: exec: /nosuch/proxy: not found";
  const ways = [
    explained([], ...ended),
    explained([], missing),
    explained(["ProxyCommand=false"], early),
    explained(["proxyjump = jump"], early),
  ];
  for (const { message, hint = "" } of ways) {
    assert.match(message, /^the proxy or jump host failed: /);
    assert.match(hint, /ProxyCommand or ProxyJump in ssh_options .*: "ssh .*"$/);
  }
  assert.match(explained(["Port=22"], early).message, /^the server is refusing connections/);
});

Deno.test("explainFailure() has a sentence and a hint for what rarely happens", () => {
  const trace = (last: string) =>
    `Local Exception\nTraceback (most recent call last):\n  File "/x/repository.py", line 1, in get\n` +
    `    pass\n${last}\n\nPlatform: Linux`;
  const rare: Readonly<Record<string, RegExp>> = {
    "OSError: [Errno 5] Input/output error: '/mnt/disk/borg/data/0/1'": /^a disk or its connection/,
    "OSError: [Errno 107] Transport endpoint is not connected: '/mnt/disk'": /is disconnected: /,
    "OSError: [Errno 116] Stale file handle: '/mnt/disk/borg/config'": /is disconnected: /,
    "PermissionError: [Errno 1] Operation not permitted: '/mnt/x'":
      /^the file system does not allow/,
    "OSError: [Errno 37] No locks available": /^the file system gives no locks/,
    "OSError: [Errno 24] Too many open files": /^too many files are open/,
    "MemoryError": /^there is not enough memory/,
  };
  for (const [last, said] of Object.entries(rare)) {
    const { message, hint } = explainFailure(repositoryWith(), error(undefined, trace(last)));
    assert.match(message, said);
    assert.ok(hint);
  }
  const known: Readonly<Record<string, RegExp>> = {
    RPCServerOutdated: /^the Borg on the server is too old: /,
    MandatoryFeatureUnsupported: /^a newer Borg has written to the repository: /,
    DecompressionError: /^the repository is damaged: /,
  };
  for (const [msgid, said] of Object.entries(known)) {
    assert.match(explainFailure(REMOTE, error(msgid, "What Borg says.")).message, said);
  }
});

Deno.test("explainFailure() tells what ssh and the server's shell say of rarer mistakes", () => {
  const rare: Readonly<Record<string, RegExp>> = {
    'sign_and_send_pubkey: signing failed for RSA "/k" from agent: agent refused operation':
      /^the private SSH key cannot be used: /,
    "send_pubkey_test: no mutual signature algorithm": /^the private SSH key cannot be used: /,
    "Bad owner or permissions on /root/.ssh/config": /^ssh refuses its own configuration: /,
    "bash: line 1: sudo: command not found": /^a program was not found on the server: /,
    "sh: 1: sudo: not found": /^a program was not found on the server: /,
    "sudo: a password is required": /^sudo on the server asks for a password: /,
    "INTERNAL ERROR: cannot create temporary directory!": /^Borg cannot be started on the server: /,
    "bash: line 1: /usr/local/bin/borg: /usr/bin/python3.7: bad interpreter: No such file or directory":
      /^Borg cannot be started on the server: /,
    "Could not chdir to home directory /home/borg: No such file or directory":
      /^the user has no home directory on the server: /,
    "unix_listener: cannot bind to path /x: No such file or directory": /as ssh_options require: /,
  };
  for (const [line, said] of Object.entries(rare)) {
    const last = [`Remote: ${line}`, "Remote: borg@host: Permission denied (publickey)."];
    const lines = line.startsWith("s") && line.includes("sig") ? last : last.slice(0, 1);
    const closed = error("ConnectionClosedWithHint", "Connection closed", ...lines);
    assert.match(explainFailure(REMOTE, closed).message, said, line);
  }
});

Deno.test("explainFailure() says on which machine a directory is missing", () => {
  const missing = error("Repository.ParentPathDoesNotExist", "The parent path does not exist.");
  assert.match(explainFailure(REMOTE, missing).message, /" does not exist on the server$/);
  assert.match(explainFailure(repositoryWith(), missing).message, /" does not exist$/);
});

Deno.test("explainFailure() says that the next run continues when a connection is lost at work", () => {
  const said = "Remote: client_loop: send disconnect: Broken pipe";
  const lost = (working: string) =>
    explainFailure(REMOTE, { ...error("ConnectionClosed", "Closed", said), working });
  assert.equal(
    lost("create").message,
    "the connection to the server was lost while Borg was running: client_loop: send disconnect: " +
      "Broken pipe",
  );
  assert.match(lost("create").hint ?? "", /the next run continues from the checkpoint$/);
  assert.match(lost("prune").hint ?? "", /The next run repeats it$/);
});

Deno.test("explainFailure() finds the reason in what Python says", () => {
  const traceback = [
    "Traceback (most recent call last):",
    '  File "archiver.py", line 1, in main',
    "OSError: [Errno 28] No space left on device: '/mnt/disk/borg/data/0/5'",
    "Platform: Linux host 6.1",
    "Borg: 1.2.4  Python: CPython 3.11.2",
  ].join("\n");
  assert.match(
    explain(error(undefined, traceback)).message,
    /^the file system of the repository is full/,
  );
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

Deno.test("explainFailure() admits that Borg gave no reason", () => {
  assert.equal(explain({ errors: [], last: [] }).message, "Borg gave no reason");
});

Deno.test("explainFailure() always gives a message, whatever Borg said", () => {
  const words = fc.record({ msgid: fc.option(fc.string(), { nil: undefined }), text: fc.string() });
  fc.assert(fc.property(words, fc.array(fc.string()), ({ msgid, text }, last) => {
    assert.notEqual(explain(error(msgid, text, ...last)).message, "");
  }));
  for (const msgid of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    assert.equal(explain(error(msgid, "odd")).message, `odd (${msgid})`);
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
      const expected = `Borg can't read an entry of the archive (${exception}); the archive is ` +
        "damaged, or Borg did not create it in this form";
      assert.equal(message, expected);
      assert.match(hint ?? "", /^Choose another archive, .*"autoborg list"$/);
    }
  }
  // The same at another place, or another exception there, is something else.
  assert.equal(failure("do_create", "KeyError: 40960").message, "KeyError: 40960");
  assert.equal(
    failure("do_extract", "MemoryError: x").message,
    "there is not enough memory: MemoryError: x",
  );
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
