import type { ServiceSettings } from "../../lib/config/service_settings.ts";

/** What the tests' configuration says, unless they say otherwise. */
export const SETTINGS: ServiceSettings = {
  path: "/etc/autoborg/config.toml",
  name: "myhost",
  zfs: true,
  repositories: [{ url: "/mnt/disk/borg", sshOptions: [] }],
  passphraseCommand: false,
  usesNetwork: false,
  hasAudience: false,
  logsDirectory: "/var/log/autoborg",
  stateDirectory: "/var/lib/autoborg",
  tempDirectory: "/run/autoborg",
  credentials: [],
  hasServers: false,
  sqliteDirectories: [],
  optionalCredentials: [],
  possibleCredentials: [],
};
