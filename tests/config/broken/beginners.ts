/**
 * Files of people who write their first configuration: what they meant is said, and how it is written.
 *
 * @module
 */
import { type Broken, DISK, end, HEAD, key, mail, top, url } from "./file.ts";

/** A source in place of the valid one, in line 2. */
function source(name: string, text: string, says: string): Broken {
  return { name, text: HEAD.replace("/etc", text) + DISK, says: [`2:24: ${says}`] };
}

const SOURCE = "sources.directories[0]: expected ";

/** Files of people who write their first configuration. */
export const BEGINNERS: readonly Broken[] = [
  url(
    "has a path of Windows in double quotes",
    "C:\\backup",
    "expected a URL without control characters: in double quotes a backslash begins an escape, " +
      "between '\u2026' it is itself, found \"C:\\backup\"",
  ),
  url(
    "has a path of Windows in single quotes",
    "C:\\\\backup",
    "expected a path of this machine, \u2026",
  ),
  url(
    "has a share of Windows",
    "\\\\\\\\nas\\\\b",
    "expected the directory where the share is mounted, found \u2026",
  ),
  url(
    "has a share of Windows with slashes, which would be a directory of this disk",
    "//nas/backup",
    'expected the directory where the share is mounted, found "//nas/backup"',
  ),
  url(
    "has the path of an example",
    "/path/to/repo",
    'expected the path of your own repository, not that of an example, found "/path/to/repo"',
  ),
  url(
    "has the path of an example on a server",
    "ssh://borg@nas.example.org/path/to/repo.borg",
    "expected the path of your own repository, not that of an example, found \u2026",
  ),
  source(
    "has what the kernel makes up for a source",
    "/proc",
    `${SOURCE}a directory with files: the kernel makes up what is in /proc and /sys, found "/proc"`,
  ),
  source(
    "has the whole machine for a source, with all that the kernel makes up",
    "/",
    'sources.directories[0]: expected one_file_system = true in [sources] with "/", or "/proc" and "/sys" in\u2026',
  ),
  end(
    "has the option of a command line for a pattern",
    'exclude = ["--exclude=/home/*/.cache"]',
    '7:12: repositories[0].exclude[0]: expected the pattern alone, without "--exclude", found \u2026',
  ),
  end(
    "has a pattern for Windows",
    "exclude = ['C:\\Temp']",
    "7:12: repositories[0].exclude[0]: expected a path of this machine, found \u2026",
  ),
  end(
    "has several recipients in one string",
    '[mail]\nserver = "mail.example.org"\nfrom_address = "a@example.org"\nrecipients = "a@b.org, c@d.org"',
    '10:14: mail.recipients: expected a list of mail addresses, found a string, "a@b.org, c@d.org"; write it in brackets: ["a@b.org", "c@d.org"]',
  ),
  end(
    "has the port of the server in a key of its own",
    "ssh_port = 2222",
    '7:1: repositories[0].ssh_port: unknown key, did you mean "url"?',
  ),
  top(
    "has a variable of Borg's environment",
    'BORG_REPO = "/mnt/backup"',
    '3:1: BORG_REPO: unknown key, did you mean "url" in [[repositories]]?',
  ),
  top(
    "has a variable of restic's environment",
    'RESTIC_PASSWORD_FILE = "/root/x"',
    '3:1: RESTIC_PASSWORD_FILE: unknown key, did you mean "passphrase_file" in [[repositories]]?',
  ),
  {
    name: "has a path in the table of the sources",
    text: `name = "host"\n[sources]\npath = "/etc"\n${DISK}`,
    says: ['3:1: sources.path: unknown key, did you mean "directories"?'],
  },
  url(
    "has a server without a path",
    "backup.example.org",
    'expected a path on the server as well, such as "ssh://user@backup.example.org/path", found\u2026',
  ),
  source(
    "has a glob for a source",
    "/home/*",
    `${SOURCE}a directory, which\u2026: "*" is not expanded\u2026`,
  ),
  source(
    "has two sources in one string",
    "/etc, /home",
    `${SOURCE}one path in each string, such as ["/etc", "/home"], found "/etc, /home"`,
  ),
  source(
    "has a space behind a source",
    "/etc ",
    `${SOURCE}a path without a space at its beginning or end, found "/etc "`,
  ),
  end(
    "has a glob for a dataset",
    '[zfs]\ndatasets = ["tank/*"]',
    '8:13: zfs.datasets[0]: expected a dataset\u2026, found "tank/*"; write "tank" and set recursive = true',
  ),
  end(
    "has a duration in words",
    'lock_wait = "10 minutes"',
    '7:13: repositories[0].lock_wait: expected a duration\u2026, found "10 minutes"; write "10m"',
  ),
  end(
    "has a duration in months",
    '[retention]\nkeep_within = "3 months"',
    '8:15: retention.keep_within: expected a duration in whole hours\u2026, found "3 months"; write "90d"',
  ),
  end(
    "has a time for a duration",
    "[run]\ntimeout = 12:00:00",
    '8:11: run.timeout: expected a string, found a time; write a duration of more than "0s"\u2026',
  ),
  end(
    "has a size with a space",
    '[verify]\nmax_bytes = "10 MB"',
    '8:13: verify.max_bytes: expected a size\u2026, found "10 MB"; write "10MB"',
  ),
  end(
    "has a number for a boolean",
    "optional = 1",
    "7:12: repositories[0].optional: expected true or false, found a number; write true",
  ),
  end(
    "has a word in capitals",
    '[logs]\nlevel = "INFO"',
    '8:9: logs.level: expected one of "debug", "info", "warning", found "INFO"; write "info"',
  ),
  end(
    "has a colon in a compression",
    'compression = "zstd:3"',
    '7:15: repositories[0].compression: expected one of\u2026, found "zstd:3"; write "zstd,3"',
  ),
  end(
    "has an option of the command line for ssh",
    'ssh_options = ["-p 2222"]',
    '7:16: repositories[0].ssh_options[0]: expected an SSH option\u2026, found "-p 2222"; write "Port=2222"',
  ),
  end(
    "has the public half for the private key",
    'ssh_key = "/root/.ssh/id_ed25519.pub"',
    "7:11: repositories[0].ssh_key: expected the private key, whose file has the same name without \u2026",
  ),
  end(
    "has a string for patterns",
    'exclude = "*.tmp"',
    '7:11: repositories[0].exclude: expected a list of\u2026, found a string, "*.tmp"; write it in brackets: ["*.tmp"]',
  ),
  mail(
    "has a number for the name of the sender",
    'username = "a"\npassword = "geheim"\nfrom_name = 7',
    "13:13: mail.from_name: expected a string, found a number\u2026",
  ),
  end(
    "has a url for a mail server, and an address with a name",
    '[mail]\nserver = "smtp://mail.example.org:587"\nfrom_address = "Backup <a@b.org>"\nrecipients = ["c@d.org"]',
    '8:10: mail.server: expected a host name\u2026; write "mail.example.org" and port = 587',
    '9:16: mail.from_address: expected a mail address\u2026, found "Backup <a@b.org>"; write "a@b.org"',
  ),
  {
    name: "is a web page",
    text: "<!DOCTYPE html>\n<html></html>\n",
    says: ['1:1: cannot read it as TOML: expected TOML, such as key = "value", found HTML or XML'],
  },
  {
    name: "is JSON",
    text: '{"name": "host"}\n',
    says: ['1:1: cannot read it as TOML: expected TOML, such as key = "value", found JSON'],
  },
  {
    name: "has nothing but comments",
    text: '# name = "host"\n',
    says: ["1:1: expected a configuration, found no key in it"],
  },
  {
    name: "has single brackets and two repositories",
    text: HEAD + DISK.replace("[[", "[").replace("]]", "]") +
      DISK.replace("[[", "[").replace("]]", "]"),
    says: [
      "7:2: cannot read it as TOML: this table is already above, in line 3: expected it only once\u2026",
    ],
  },
  {
    name: "has an ordinary word for its passphrase, which our own words have as well",
    text: (HEAD + DISK).replace('"host"', '"a/b"').replace("correct horse", "expected"),
    says: ['1:8: name: expected a name of up to 64 letters\u2026, found "a/b"'],
  },
  key(
    "names the file of a passphrase with a backslash",
    'passphrase_file = "/root\\borg"',
    "6:19: repositories[0].passphrase_file: expected a path without control characters: \u2026",
  ),
];
