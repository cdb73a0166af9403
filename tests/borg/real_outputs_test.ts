/**
 * What Borg 1.2 and 1.4, ssh and Python said when something failed at other people's, from public
 * threads (the number is that of the thread) or made with the real Borg. Whatever it is, the hint must
 * lead neither to destruction nor to accepting an attack.
 *
 * @module
 */
import assert from "node:assert/strict";
import { explainFailure } from "../../lib/borg/failure.ts";
import type { BorgFailure } from "../../lib/borg/failure_kinds.ts";
import { faultsOf } from "../dangers.ts";
import { error, repositoryWith } from "./repositories.ts";

const ID = "080c2a228dd0cb7bd7c7baed8d0c68aaba193eef35a8b956704d7ffc6201ecfc";

/** What was said, and what must be made of it. */
interface Case {
  readonly from: string;
  readonly msgid?: string;
  readonly text: string;
  /** What ssh and the server said before. */
  readonly last?: readonly string[];
  readonly kind?: BorgFailure["kind"];
  readonly message: RegExp;
  readonly hint: RegExp;
}

const trace = (last: string, ...before: string[]) =>
  [
    "Traceback (most recent call last):",
    '  File "/usr/lib/python3/dist-packages/borg/archiver.py", line 5213, in main',
    "    exit_code = archiver.run(args)",
    ...before,
    last,
    "",
    "Platform: Linux host 6.1.0-13-amd64 #1 SMP PREEMPT_DYNAMIC x86_64",
    "Borg: 1.2.4  Python: CPython 3.11.2 msgpack: 1.0.3 fuse: None [pyfuse3,llfuse]",
    "SSH_ORIGINAL_COMMAND: None",
  ].join("\n");

const SERVER = "Is borg working on the server?";
const CLOSED = {
  msgid: "ConnectionClosedWithHint",
  text: `Connection closed by remote host. ${SERVER}`,
} as const;
const DAMAGE = {
  message: /^the repository is damaged: /,
  hint: /^Look first; this changes nothing: "autoborg borg disk -- check --verify-data ::"\. /,
} as const;

const CASES: readonly Case[] = [
  {
    from: "borg#3602, segment",
    kind: "damaged",
    msgid: "IntegrityError",
    text: "Data integrity error: Segment entry checksum mismatch [segment 2723, offset 8408808]",
    ...DAMAGE,
  },
  {
    from: "borg#7852, segment magic",
    kind: "damaged",
    msgid: "IntegrityError",
    text: "Data integrity error: Invalid segment magic [segment 37, offset 0]",
    ...DAMAGE,
  },
  {
    from: "borg#4777, chunk",
    kind: "damaged",
    msgid: "IntegrityError",
    text: "Data integrity error: Chunk 5e6a: id verification failed",
    ...DAMAGE,
  },
  {
    from: "vorta#2265, Borg 1.4",
    kind: "damaged",
    msgid: "Repository.CheckNeeded",
    text: 'Inconsistency detected. Please run "borg check /r" - although likely this is "beyond ' +
      'repair".',
    ...DAMAGE,
  },
  {
    from: "borg#6904, object",
    kind: "damaged",
    msgid: "Repository.ObjectNotFound",
    text: "Object with key 00000000000000000000 not found in repository /mnt/abc.",
    ...DAMAGE,
  },
  {
    from: "borg#2243, index",
    kind: "damaged",
    msgid: "Exception",
    text: trace("Exception: Index mismatch for key b'\\xccG'. (119308, 8) != (-1, -1)"),
    ...DAMAGE,
  },
  {
    from: "borg#4829, index",
    kind: "damaged",
    msgid: "Exception",
    text: trace("AssertionError: Corrupted segment reference count - corrupted index or hints"),
    ...DAMAGE,
  },
  {
    from: "Borg 1.2.4, a repository's index",
    kind: "damaged",
    msgid: "FileIntegrityError",
    text: "File failed integrity check: /mnt/disk/borg/index.37",
    ...DAMAGE,
  },
  {
    from: "Borg 1.2.4, the cache's chunks",
    kind: "cache-damaged",
    msgid: "FileIntegrityError",
    text: `File failed integrity check: /root/.cache/borg/${ID}/chunks`,
    message: /^Borg's cache of the repository is damaged/,
    hint: /Look first; .* check ::"\. Then .* deletes the cache on this machine, and no archive/,
  },
  {
    from: "Borg 1.2.4, an empty cache",
    kind: "cache-damaged",
    msgid: "Exception",
    text: trace(
      "ValueError: Could not read header (expected 18, but read 0 bytes)",
      '  File "/usr/lib/python3/dist-packages/borg/cache.py", line 527, in _do_open',
      "    self.chunks = ChunkIndex.read(fd)",
      '  File "src/borg/hashindex.pyx", line 99, in borg.hashindex.IndexBase.__cinit__',
    ),
    message: /^Borg's cache of the repository is damaged.*: ValueError: Could not read header/,
    hint: /no archive/,
  },
  {
    from: "Borg 1.2.4, an empty configuration of the cache",
    kind: "cache-damaged",
    msgid: "Exception",
    text: trace(`Exception: /root/.cache/borg/${ID}/config does not look like a Borg cache.`),
    message: /^Borg's cache of the repository is damaged/,
    hint: /no archive/,
  },
  {
    from: "borg#5955",
    msgid: "NoManifestError",
    text: "Repository has no manifest.",
    message: /^the repository has lost its manifest/,
    hint:
      /^Look first; .* check --archives-only --verbose ::"\. .*who could write to the repository/,
  },
  {
    from: "borg#7802",
    msgid: "ArchiveTAMInvalid",
    text: "Data integrity error: Archive authentication did not verify",
    kind: "unauthenticated",
    message: /an archive is not authenticated/,
    hint: /"check --repair" deletes/,
  },
  {
    from: "vorta#1937, with Borg's traceback behind it",
    msgid: "IntegrityError",
    text: "Data integrity error: Archive authentication did not verify",
    last: [trace("borg.crypto.key.ArchiveTAMInvalid: Data integrity error: Archive …")],
    kind: "unauthenticated",
    message: /an archive is not authenticated/,
    hint: /Until you know who wrote it/,
  },
  {
    from: "Borg 1.4, manifest",
    msgid: "TAMRequiredError",
    text: "Manifest is unauthenticated, but it is required for this repository.",
    kind: "unauthenticated",
    message: /manifest, its list of archives, is not authenticated/,
    hint: /^Look first; this changes nothing/,
  },
  {
    from: "borg#7853",
    kind: "set-back",
    msgid: "Cache.RepositoryReplay",
    text: "Cache, or information obtained from the security directory is newer than repository - " +
      "this is either an attack or unsafe (multiple repos with same ID)",
    message: /older than its last known state: .*attack/,
    hint:
      /^See which archives it holds now: "BORG_SECURITY_DIR=.* accept it: "autoborg accept disk"$/,
  },
  {
    from: "borg#1559, not encrypted",
    kind: "set-back",
    msgid: "Cache.RepositoryIDNotUnique",
    text:
      "Cache is newer than repository - do you have multiple, independently updated repos with " +
      "same ID?",
    message: /two repositories with the same id must not both be written to/,
    hint: /See which archives this one holds: .*accept it: "autoborg accept disk"$/,
  },
  {
    from: "borg#1741",
    msgid: "Cache.RepositoryAccessAborted",
    text: "Repository access aborted",
    message: /^the repository was at another location before/,
    hint: /If not, someone may have put another repository there: look .* first/,
  },
  {
    from: "Borg 1.2.4, encrypted otherwise",
    msgid: "Cache.EncryptionMethodMismatch",
    text: "Repository encryption method changed since last access, refusing to continue",
    message: /encryption has changed since the last access/,
    hint: /^Find out who replaced the repository before anything is written to it/,
  },
  {
    from: "Borg 1.2.4, unknown and unencrypted",
    msgid: "Cache.CacheInitAbortedError",
    text: "Cache initialization aborted",
    message: /not encrypted and unknown to this machine/,
    hint: /someone may have put another repository in its place/,
  },
  {
    from: "borg#6036",
    msgid: "KeyfileMismatchError",
    text: "Mismatch between repository ssh://u@h/r and key file /root/borg.key.",
    message: /^the key does not fit the repository: Mismatch between/,
    hint: /keep that file, it may be the only key of another repository/,
  },
  {
    from: "borg#7286",
    kind: "key-missing",
    msgid: "KeyfileNotFoundError",
    text: "No key file for repository /r found in /root/.config/borg/keys.",
    message: /key file is not on this machine/,
    hint: /^Restore the key from your copy: "autoborg borg disk -- key import :: FILE"/,
  },
  {
    from: "borg#2306, cache",
    msgid: "LockTimeout",
    text: `Failed to create/acquire the lock /backup/.borg-cache/${ID}/lock.exclusive (timeout).`,
    kind: "locked",
    message: /^Borg's cache of the repository is locked/,
    hint:
      /^Look first: .*Only when no Borg on this machine uses the cache, move .*"mv \S+\/lock\.exclusive \S+\.old"/,
  },
  {
    from: "borg#8093, server",
    msgid: "LockTimeout",
    text: "Failed to create/acquire the lock /srv/borg/client/lock.exclusive (timeout).",
    kind: "locked",
    message: /^the repository is locked/,
    hint: /shows host and process of the holder .*two at once damage the repository/,
  },
  {
    from: "vorta#2179, the server's host key",
    ...CLOSED,
    last: [
      "Remote: @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
      "Remote: @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
      "Remote: IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!",
      "Remote: Add correct host key in /root/.ssh/known_hosts to get rid of this message.",
      'Remote:   ssh-keygen -f "/root/.ssh/known_hosts" -R "backup.example.org"',
      "Remote: Host key for backup.example.org has changed and you have requested strict checking.",
      "Remote: Host key verification failed.",
    ],
    message: /^the server's host key has changed$/,
    hint:
      /^Another machine may pose as the server\. Compare .*"ssh-keygen -f known_hosts -R backup\.example\.org".* trust/,
  },
  {
    from: "vorta#921, an unknown host key",
    ...CLOSED,
    last: ["Remote: Host key verification failed."],
    message: /Host key verification failed/,
    hint: /accept it only if it is the one that "ssh-keygen -lf /,
  },
  {
    from: "borg#6059",
    ...CLOSED,
    last: ["Remote: zsh:1: command not found: borg"],
    message: /^Borg was not found on the server: zsh:1: command not found: borg$/,
    hint: /^Install Borg on the server/,
  },
  {
    from: "borg#1929",
    ...CLOSED,
    kind: "unreachable",
    last: ["Remote: ssh_exchange_identification: Connection closed by remote host"],
    message: /^the server is refusing connections: ssh_exchange_identification/,
    hint: /MaxStartups/,
  },
  {
    from: "borg#7726, an empty line",
    msgid: "UnexpectedRPCDataFormatFromServer",
    text: "Got unexpected RPC data format from server:\n\n",
    message: /^the server wrote text before Borg could answer$/,
    hint: /start-up files$/,
  },
  {
    from: "a server whose command is Borg no more",
    msgid: "UnexpectedRPCDataFormatFromServer",
    text: "Got unexpected RPC data format from server:\nCommand not found. Use 'help' to get a " +
      "list of available commands.",
    message: /^the server wrote text before Borg could answer: "Command not found\. Use 'help'/,
    hint: /ForceCommand/,
  },
  {
    from: "Borg 1.2.4, a full disk",
    kind: "full",
    msgid: "Exception",
    text: trace("OSError: [Errno 28] No space left on device: '/mnt/disk/borg/data/0/5'"),
    message: /^the file system of the repository is full/,
    hint:
      /prune deletes the others for good: look first with "autoborg list --retention --repo disk"$/,
  },
  {
    from: "borg serve --storage-quota",
    kind: "full",
    msgid: "Repository.StorageQuotaExceeded",
    text:
      "The storage quota (500.00 GB) has been exceeded (501.13 GB). Try deleting some archives.",
    message: /storage quota is used up/,
    hint: /^Raise the quota: "autoborg borg disk -- config :: storage_quota SIZE".* look first/,
  },
];

for (const { from, msgid, text, last = [], kind = "other", message, hint } of CASES) {
  Deno.test(`explainFailure() gives no dangerous advice for ${from}`, () => {
    const failure = explainFailure(repositoryWith(), error(msgid, text, ...last));
    assert.equal(failure.kind, kind);
    assert.match(failure.message, message);
    assert.match(failure.hint ?? "", hint);
    assert.deepEqual(faultsOf(failure.hint ?? ""), []);
  });
}
