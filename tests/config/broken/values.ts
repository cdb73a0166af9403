/**
 * Files with values of the right type that make no sense.
 *
 * @module
 */
import { type Broken, DISK, end, HEAD, top } from "./file.ts";

/** Files with values of the right type that make no sense. */
export const VALUES: readonly Broken[] = [
  {
    name: "has a name that is no file name",
    text: (HEAD + DISK).replace('"host"', '"a/b"'),
    says: [
      '1:8: name: expected a name of up to 64 letters…, found "a/b"',
    ],
  },
  {
    name: "has a source without a leading slash",
    text: (HEAD + DISK).replace('"/etc"', '"home/alice"'),
    says: [
      '2:24: sources.directories[0]: expected an absolute path, such as "/home/alice", found…',
    ],
  },
  {
    name: "has a url without a leading slash",
    text: (HEAD + DISK).replace(/url = ".*"/, 'url = "mnt/backup"'),
    says: ['5:7: repositories[0].url: expected an absolute path, such as "/mnt/backup", or "ssh:…'],
  },
  end(
    "has directories of its own without a leading slash",
    '[logs]\ndirectory = "log"\n[paths]\nstate_dir = "var/lib"\n[metrics]\ntextfile = "a.prom"',
    '8:13: logs.directory: expected an absolute path, such as "/log", found "log"',
    '10:13: paths.state_dir: expected an absolute path, such as "/var/lib", found "var/lib"',
    '12:12: metrics.textfile: expected an absolute path, such as "/a.prom", found "a.prom"',
  ),
  {
    name: "has no source",
    text: `name = "host"\nsources.directories = []\n${DISK}`,
    says: [
      '2:23: sources.directories: expected something to back up in "sources.directories" or…',
    ],
  },
  {
    name: "has no repository",
    text: `${HEAD}repositories = []\n`,
    says: [
      "3:16: repositories: expected at least one [[repositories]], found an empty list",
    ],
  },
  {
    name: "has one source twice",
    text: (HEAD + DISK).replace('"/etc"', '"/etc", "/srv/../etc/"'),
    says: [
      '2:32: sources.directories[1]: expected each directory only once, found "/etc" twice in this…',
    ],
  },
  {
    name: "has a source below ~",
    text: (HEAD + DISK).replace("/etc", "~/x"),
    says: [
      '2:24: sources.directories[0]: expected an absolute path…(a leading "~" is not expanded), such as "/root/x", found "~/x"',
    ],
  },
  {
    name: "has a variable in a source",
    text: (HEAD + DISK).replace("/etc", "/home/$USER"),
    says: [
      "2:24: sources.directories[0]: expected a path without variables ($NAME and ${NAME} are…",
    ],
  },
  {
    name: "has an empty source",
    text: (HEAD + DISK).replace("/etc", ""),
    says: [
      "2:24: sources.directories[0]: expected a path that is not empty…, found an empty string",
    ],
  },
  top(
    "has a pattern of a style that Borg does not know",
    'sources.exclude = ["xx:*.o"]',
    '3:20: sources.exclude[0]: expected a Borg pattern, such as…, found "xx:*.o"',
  ),
  top(
    "has a path for a file name",
    'sources.exclude_if_present = ["a/b"]',
    '3:31: sources.exclude_if_present[0]: expected a file name without a slash, found "a/b"',
  ),
  top(
    "has a snapshot for a dataset",
    'zfs.datasets = ["tank/a", "tank/b@c"]',
    '3:27: zfs.datasets[1]: expected a dataset such as "tank/data"…, found "tank/b@c"; write "tank/b"',
  ),
  top(
    "has a mount point for a dataset",
    'zfs.datasets = ["/tank"]',
    '3:17: zfs.datasets[0]: expected a dataset…, without a leading slash…, found "/tank"; write "tank"',
  ),
  top(
    "has a dataset with an empty component",
    'zfs.datasets = ["tank//a"]',
    '3:17: zfs.datasets[0]: expected a dataset…, found "tank//a"',
  ),
  end(
    "has a duration without a unit",
    '[status]\nmax_age = "26"',
    '8:11: status.max_age: expected a duration of more than "0s"…, found "26"',
  ),
  end(
    "has a duration that is too long to count",
    '[check]\nrepository_every = "99999999999999w"',
    '8:20: check.repository_every: expected a duration…, found "99999999999999w"',
  ),
  end(
    "expects a path that is in no source",
    '[[expect]]\npath = "etc/passwd"\n[[expect]]\npath = "/srv/*/config.php"',
    '10:8: expect[1].path: expected a path in one of the sources ("/etc"), found "/srv/*/conf…"',
  ),
  end(
    "expects a path that no archive has",
    '[[expect]]\npath = "etc/../srv"',
    '8:8: expect[0].path: expected a path or glob in the archive, such as…, found "etc/../srv"',
  ),
  end(
    "expects nothing in particular",
    "[[expect]]\nmin_files = 1",
    "7:1: expect[0].path: missing, expected a path or glob in the archive, such as…",
  ),
  end(
    "expects a time without a unit",
    '[[expect]]\npath = "etc"\nnewer_than = "2"',
    '9:14: expect[0].newer_than: expected a duration of more than "0s", such as "2d", found "2"',
  ),
  end(
    "expects a number for a time",
    '[[expect]]\npath = "etc"\nnewer_than = 2',
    "9:14: expect[0].newer_than: expected a string, found a number; write a duration of more than…",
  ),
  end(
    "expects a negative size",
    '[[expect]]\npath = "etc"\nmin_size = "-1MiB"',
    '9:12: expect[0].min_size: expected a size of more than "0B", such as "1MiB", found "-1MiB"',
  ),
  end(
    "expects a negative number of files",
    '[[expect]]\npath = "etc"\nmin_files = -1',
    "9:13: expect[0].min_files: expected a whole number of at least 1, found -1",
  ),
  end(
    "has a negative wait",
    '[retry]\nwaits = ["1m", "-5m"]',
    '8:16: retry.waits[1]: expected a duration of more than "0s", such as "1m", found "-5m"',
  ),
  end(
    "has a wait of nothing",
    '[retry]\nwaits = ["0s"]',
    '8:10: retry.waits[0]: expected a duration of more than "0s", such as "1m", found "0s"',
  ),
  end(
    "has waits that are longer than the run may take",
    '[run]\ntimeout = "10m"\n[retry]\nwaits = ["5m", "6m"]',
    "10:9: retry.waits: expected waits that fit into run.timeout, 10 min, found 11 min in all",
  ),
  end(
    "has a timeout of nothing",
    '[run]\ntimeout = "0s"',
    '8:11: run.timeout: expected a duration of more than "0s", such as "12h", found "0s"',
  ),
  end(
    "keeps archives for half an hour",
    '[retention]\nkeep_within = "30m"',
    '8:15: retention.keep_within: expected a duration in whole hours…, found "30m"',
  ),
  end(
    "keeps a negative number of archives",
    "[retention]\nkeep_last = -1",
    "8:13: retention.keep_last: expected a whole number of at least 0, found -1",
  ),
  end(
    "keeps no log",
    "[logs]\nkeep = 0",
    "8:8: logs.keep: expected a whole number of at least 1, found 0",
  ),
  end(
    "has an unknown level",
    '[logs]\nlevel = "trace"',
    '8:9: logs.level: expected one of "debug", "info", "warning", found "trace"; write "debug"',
  ),
  end(
    "has an unknown encryption",
    'encryption = "aes"',
    '7:14: repositories[0].encryption: expected one of "repokey-blake2", …, found "aes"',
  ),
  end(
    "has a compression level that there is not",
    'compression = "zstd,23"',
    '7:15: repositories[0].compression: expected one of Borg\'s compressions…, found "zstd,23"',
  ),
  end(
    "has a rate limit below what Borg can count",
    'upload_rate_limit = "100B"',
    '7:21: repositories[0].upload_rate_limit: expected a size per second of…, found "100B"',
  ),
  end(
    "has an SSH option with a space",
    'ssh_options = ["A=b", "Port 22"]',
    '7:23: repositories[0].ssh_options[1]: expected an SSH option as "Key=Value", found "Port 22"; write "Port=22"',
  ),
  end(
    "has a ping url that is none",
    '[ping]\nurl = "hc-ping.com/geheim"',
    "8:7: ping.url: expected an http:// or https:// URL, found a string",
  ),
  end(
    "has two repositories of one label",
    DISK.replace("/mnt/disk", "/mnt/other"),
    '8:9: repositories[1].label: expected each label only once, found "disk" in line 4 already',
  ),
  end(
    "has two repositories in one place",
    DISK.replace("disk", "b").replace('"/', '"file:///'),
    '9:7: repositories[1].url: expected each url only once, found "/mnt/disk" in line 5 already',
  ),
  {
    name: "has a label that is too long",
    text: (HEAD + DISK).replace("disk", "d".repeat(33)),
    says: ["4:9: repositories[0].label: expected a name of up to 32 letters…"],
  },
];
