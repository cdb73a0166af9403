/**
 * Files with a repository that gets other sources than there are, or none.
 *
 * @module
 */
import { type Broken, DISK } from "./file.ts";

/** Sources of a file; its repository begins in line 5, with lines of its own from line 9 on. */
function narrowed(name: string, lines: string, ...says: string[]): Broken {
  const sources = 'directories = ["/etc", "/srv", "/srv/media"]\noptional = ["./disk"]';
  return {
    name,
    text: `name = "host"\nzfs.datasets = ["tank/data"]\n[sources]\n${sources}\n${DISK}${lines}\n`,
    says,
  };
}

/** Files with a repository that gets other sources than there are, or none. */
export const REPOSITORY_SOURCES: readonly Broken[] = [
  narrowed(
    "gives a repository a directory that is no source",
    'directories = ["/etc/", "/svr"]',
    '10:25: repositories[0].directories[1]: expected one of sources.directories or sources.optional,…"/svr": did you mean "/srv"?',
  ),
  narrowed(
    "gives a repository a directory below a source",
    'directories = ["/etc/ssh"]',
    '10:16: repositories[0].directories[0]: expected one of sources.directories or…/etc/ssh"…',
  ),
  narrowed(
    "gives a repository a dataset that is no source",
    'datasets = ["tank/date"]',
    '10:13: repositories[0].datasets[0]: expected one of zfs.datasets, found "tank/date": did you mean "tank/data"?',
  ),
  narrowed(
    "gives a repository a directory twice",
    'directories = ["/etc", "/etc/."]',
    "10:24: repositories[0].directories[1]: expected each source only once, found … twice in this line",
  ),
  narrowed(
    "gives a repository no source at all",
    "directories = []\ndatasets = []",
    "10:15: repositories[0].directories: expected at least one source for this repository, found…",
  ),
  narrowed(
    "gives a repository a directory and not the one below it",
    'directories = ["/srv"]',
    '10:15: repositories[0].directories: expected "/srv/media" here or in exclude ("pp:srv/media"): it lies below "/srv", with which this repository gets it',
  ),
  narrowed(
    "has a pattern of a repository that Borg can't read",
    'exclude = ["zz:home"]',
    '10:12: repositories[0].exclude[0]: expected a Borg pattern…found "zz:home"',
  ),
  narrowed(
    "excludes from a repository something other than the directory that it does not get",
    'directories = ["/srv"]\nexclude = ["*.mkv", "srv/med"]',
    '10:15: repositories[0].directories: expected "/srv/media" here or in exclude…',
  ),
];
