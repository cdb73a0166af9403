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
  url(
    "has a space behind a url",
    "/mnt/disk ",
    'expected a URL without a space at its beginning or end, found "/mnt/disk "',
  ),
  url(
    "has no slash between port and path",
    "ssh://u1@box.example.org:23./backups",
    'expected a slash between port and path, ":23/./", found "ssh://***@box.example.org:23./backups"',
  ),
  url(
    "has a scheme in capitals",
    "SSH://u@h/./b",
    'expected "ssh://" in lower case, found "SSH://***@h/./b"',
  ),
  url(
    "has one slash behind ssh:",
    "ssh:/u@h/b",
    'expected "ssh://user@host:port/path", found "ssh:/***@h/b"',
  ),
  source(
    "has quotes within the quotes of a source",
    "'/etc'",
    `${SOURCE}an absolute path, such as "/etc", found "'/etc'"`,
  ),
  source(
    "has a dataset among the directories",
    "tank/data",
    `${SOURCE}an absolute path, such as "/tank/data", found "tank/data"`,
  ),
  end(
    "has the key itself where its file belongs",
    'ssh_key = """-----BEGIN OPENSSH PRIVATE KEY-----\nZ2VoZWlt\n"""',
    "7:11: repositories[0].ssh_key: expected the path of a file, not what is in it, found " +
      '"-----BEGIN OPENSSH PRIVATE KEY-----\u2026"',
  ),
  end(
    "has a pattern that takes another one back",
    'exclude = ["/etc/*", "!/etc/ssh"]',
    '7:22: repositories[0].exclude[1]: expected a pattern without "!", because what one excludes no\u2026',
  ),
  end(
    "has false for a table that can be turned off",
    "check = false",
    "7:9: repositories[0].check: expected a table ([repositories.check]), found false; write enabled = false in [repositories.check]",
  ),
  top(
    "has false for what is read back",
    "verify = false",
    '3:10: verify: expected a table ([verify]), found false; write files = 0 and cycle = "0s" in [verify]',
  ),
  end(
    "has two brackets for a table that stands once",
    '[[mail]]\nserver = "mail.example.org"',
    "7:1: mail: expected a table ([mail]), found a list; write [mail], with one bracket on each side",
  ),
  {
    name: "has a list for the table of the sources",
    text: `name = "host"\nsources = ["/etc"]\n${DISK}`,
    says: [
      "2:11: sources: expected a table ([sources]), found a list; write it as directories in [sources]",
    ],
  },
  {
    name: "has the repositories within the sources",
    text: `name = "host"\n[sources]\ndirectories = ["/etc"]\nrepositories = ["/mnt/disk"]\n`,
    says: [
      "1:1: repositories: missing, expected a list of tables ([[repositories]])",
      "4:1: sources.repositories: unknown key, write [[repositories]] above the keys of each of them",
    ],
  },
  end(
    "has how often in a word",
    '[check]\nrepository_every = "monthly"',
    '8:20: check.repository_every: expected a duration\u2026, found "monthly"; write "30d"',
  ),
  end(
    "has Borg's months",
    '[retention]\nkeep_within = "6m"',
    '8:15: retention.keep_within: expected a duration in whole hours\u2026, found "6m"; for months write "180d"',
  ),
  end(
    "has half a day",
    '[status]\nmax_age = "1.5d"',
    '8:11: status.max_age: expected a duration\u2026, found "1.5d"; write "36h"',
  ),
  end(
    "has a size with a comma",
    '[verify]\nmax_bytes = "1,5GB"',
    '8:13: verify.max_bytes: expected a size\u2026, found "1,5GB"; write "1500MB"',
  ),
  end(
    "has a rate as providers write it",
    'upload_rate_limit = "20Mbit/s"',
    '7:21: repositories[0].upload_rate_limit: expected a size\u2026, found "20Mbit/s"; write "2500KB"',
  ),
  end(
    "has a rate with its second",
    'upload_rate_limit = "2MB/s"',
    '7:21: repositories[0].upload_rate_limit: expected a size\u2026, found "2MB/s"; write "2MB"',
  ),
  end(
    "has a percentage in words",
    '[size_guard]\nfiles = "50%"',
    '8:9: size_guard.files: expected a whole number from 1 to 100, found a string, "50%"; write 50',
  ),
  mail(
    "has other words for problems",
    'when = "on_error"',
    '11:8: mail.when: expected one of \u2026, found "on_error"; write "problems"',
  ),
  end(
    "has a messenger that takes Slack's format",
    '[[notify]]\nkind = "discord"\nurl = "https://discord.com/api/webhooks/1/geheim"',
    '8:8: notify[0].kind: expected one of \u2026, found "discord"; write "slack", and "/slack" at the end of the url',
  ),
  end(
    "has a mail among the messengers",
    '[[notify]]\nkind = "email"\nurl = "https://example.org"',
    '8:8: notify[0].kind: expected one of \u2026, found "email"; mails have a table of their own, [mail]',
  ),
  end(
    "has the slash of a mount point before a dataset",
    '[zfs]\ndatasets = ["/tank/data/"]',
    '8:13: zfs.datasets[0]: expected a dataset\u2026, found "/tank/data/"; write "tank/data"',
  ),
  end(
    "has metrics that node_exporter does not read",
    '[metrics]\ntextfile = "/var/lib/autoborg.txt"',
    '8:12: metrics.textfile: expected a path that ends in ".prom": node_exporter reads no other file, \u2026',
  ),
  end(
    "has the port of a database in its host",
    '[[databases]]\nlabel = "web"\nkind = "postgresql"\nall = true\nhost = "db:5432"',
    '11:8: databases[0].host: expected a host name or an address, without a port, found "db:5432"; write "db" and port = 5432',
  ),
  ...[
    ["a pipe", "cat /root/geheim | head -1", "|"],
    ["the output of a command", "echo $(cat geheim)", "$("],
    ["a variable in double quotes", 'cat \\"$HOME/geheim\\"', "$"],
    ["a home directory", "cat ~/geheim", "~/"],
    ["two commands", "cd /root; cat geheim", ";"],
  ].map(([what = "", command = "", mark = ""]) =>
    key(
      `has ${what} in the command for a passphrase`,
      `passphrase_command = "${command}"`,
      `6:22: repositories[0].passphrase_command: expected a program and its arguments, found "${mark}": Borg starts no shell\u2026`,
    )
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
