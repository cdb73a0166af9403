/**
 * Files whose `temp_dir` could not be empty before a run.
 *
 * @module
 */
import { type Broken, end } from "./file.ts";

/** Files whose `temp_dir` could not be empty before a run. */
export const TEMP_DIRS: readonly Broken[] = [
  end(
    "has one directory for state and for what is temporary",
    '[paths]\nstate_dir = "/srv/mounts"\ntemp_dir = "/srv/x/../mounts/"',
    "9:12: paths.temp_dir: expected a directory that is empty before a run, found the same as pat…",
  ),
  end(
    "has one directory for logs and for what is temporary",
    '[logs]\ndirectory = "./work"\n[paths]\ntemp_dir = "./work"',
    "10:12: paths.temp_dir: expected a directory that…, found the same as logs.directory",
  ),
  end(
    "has its logs in the directory for what is temporary",
    '[paths]\ntemp_dir = "/srv/mounts"\n[logs]\ndirectory = "/srv/mounts/logs"',
    "8:12: paths.temp_dir: expected a directory that…, found one with logs.directory in it",
  ),
  end(
    "has the places of other things by default in the directory for what is temporary",
    '[paths]\ntemp_dir = "/var"',
    "8:12: paths.temp_dir: expected a directory that…, found one with paths.state_dir in it",
  ),
  end(
    "has the root directory for what is temporary",
    '[paths]\ntemp_dir = "//."',
    "8:12: paths.temp_dir: expected a directory that…, found one with paths.state_dir in it",
  ),
  end(
    "has its state and its logs where temporary things are by default",
    '[paths]\nstate_dir = "/run/autoborg/state"\n[logs]\ndirectory = "/run/autoborg"',
    '8:13: paths.state_dir: expected a directory outside paths.temp_dir, "/run/autoborg", which m…',
    "10:13: logs.directory: expected a directory outside paths.temp_dir…be empty before a run",
  ),
  end(
    "has a mistyped directory for what is temporary, and its state in the default one",
    '[paths]\ntemp_dri = "/srv/mounts"\nstate_dir = "/run/autoborg"',
    "8:1: paths.temp_dri: unknown key, …",
  ),
  end(
    "has a directory for what is temporary that is none",
    '[paths]\ntemp_dir = 7\nstate_dir = "/run/autoborg"',
    "8:12: paths.temp_dir: expected a string, found a number…",
  ),
];
