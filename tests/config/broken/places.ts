/**
 * Files with a wrong place of a repository, or a wrong secret.
 *
 * @module
 */
import { type Broken, end, key, url } from "./file.ts";

/** Files with a wrong place of a repository, or a wrong secret. */
export const PLACES: readonly Broken[] = [
  url("names an archive", "/mnt/disk::archive", 'expected the repository alone, without "::"…'),
  url("has a password in a url", "ssh://me:geheim@host/x", "expected a URL without a password…"),
  url("has an odd password in a url", "ssh://me:ge/he@im@host/x", "expected a URL without a pass…"),
  url("has a password before a host", "me:geheim@host:x", "expected a URL without a password…"),
  url("has a url without a path", "ssh://host", 'expected "ssh://user@host:port/path", found…'),
  url("has a port that there is not", "ssh://host:70000/x", "expected a port from 1 to 65535…"),
  url("has a word for a port", "ssh://me@host:srv/x", "expected a port from 1…or no colon, found…"),
  url(
    "has a port before a path without ssh://",
    "me@host:2222/./x",
    'expected a port only in "ssh://user@host:2222/path", found it in "me@host:2222/./x"…',
  ),
  url(
    "has a port and a second colon without ssh://",
    "host:22:/srv/x",
    'expected a port only in "ssh://user@host:22/path"…is written "user@host:./22"',
  ),
  url(
    "has a web address",
    "https://host/x",
    "expected a directory, or a server with SSH…https://h…",
  ),
  url("has a relative file url", "file://x", 'expected "file://" and an absolute path…'),
  url("has an empty url", "", "expected a local path…, found an empty string"),
  url("has a url below ~", "~/borg", 'expected an absolute path: the "~" in "~/borg"…'),
  url("has a placeholder of Borg", "/mnt/{hostname}", "expected a URL without placeholders…"),
  url(
    "has a variable in a url",
    "/mnt/$HOST/borg",
    'expected a URL without variables: no…$HOST"…',
  ),
  url("has a variable for a host", "ssh://b@${HOST}/x", "expected a URL without placeholders…"),
  url("has a variable for a user", "$USER@host:x", 'expected a URL…nothing replaces the "$USER"…'),
  key(
    "has the passphrase of an example",
    'passphrase = " Change me "',
    "6:1: repositories[0].passphrase: expected a passphrase of your own, found the example from the documentation…",
  ),
  key(
    "has a variable for a passphrase",
    'passphrase = "${BORG_PASSPHRASE}"',
    "6:1: repositories[0].passphrase: expected the passphrase itself, found the name of a var…",
  ),
  key(
    "has a variable in the path of a passphrase",
    'passphrase_file = "$HOME/x"',
    "6:19: repositories[0].passphrase_file: expected a path without variables ($NAME and…",
  ),
  key(
    "has a variable behind the directory of credentials",
    'passphrase_file = "$CREDENTIALS_DIRECTORY/$NAME"',
    "6:19: repositories[0].passphrase_file: expected a path without variables ($NAME and…",
  ),
  key(
    "has a variable in the path of a key",
    'passphrase = "correct horse"\nssh_key = "${HOME}/.ssh/id_borg"',
    "7:11: repositories[0].ssh_key: expected a path without variables ($NAME and…",
  ),
  key(
    "has no passphrase",
    "",
    '3:1: repositories[0]: expected one of "passphrase", "passphrase_file", "passphrase_command"…' +
      'the credential "passphrase.disk", found none of them',
  ),
  key(
    "has two passphrases",
    'passphrase = "geheim"\npassphrase_command = "pass geheim"',
    '7:1: repositories[0].passphrase_command: expected exactly one of…, found "passphrase", "p…',
  ),
  key(
    "has an empty passphrase",
    'passphrase = ""',
    "6:1: repositories[0].passphrase: expected a string that is not empty, found an empty one",
  ),
  key(
    "has a passphrase that can't be in an environment",
    'passphrase = "geheim\\u0000"',
    "6:14: repositories[0].passphrase: expected a string without a NUL character, found a string",
  ),
  key(
    "has a file that does not exist",
    'passphrase_file = "missing"',
    '6:1: repositories[0].passphrase_file: expected a file…missing": it does not exist',
  ),
  key(
    "has a directory for a file",
    'passphrase_file = "."',
    "6:1: repositories[0].passphrase_file: expected a file that can be read…it is a directory",
  ),
  key(
    "has a credential without a service",
    'passphrase_file = "$CREDENTIALS_DIRECTORY/x"',
    "6:1: repositories[0].passphrase_file: expected a credentials directory, but…is not set",
  ),
  end(
    "has a passphrase without encryption",
    'encryption = "none"',
    '6:1: repositories[0].passphrase: expected no passphrase, because encryption is "none"',
  ),
  end(
    "has a repository whose waits are longer than the run may take",
    'retry = { waits = ["2h"] }\n[run]\ntimeout = "1h"',
    "7:19: repositories[0].retry.waits: expected waits that fit into run.timeout, 1 h, found 2 h…",
  ),
  end(
    "has a repository that another machine prunes by unknown rules",
    "pruned_elsewhere = true",
    "7:20: repositories[0].pruned_elsewhere: expected the retention of the machine that prunes…",
  ),
];
