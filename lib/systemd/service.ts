/** The text of the service. Longer than other files, because a unit is best read as a whole. @module */
import type { QuiescedServices } from "../config/service_settings.ts";
import { commandLine, word } from "./quoting.ts";
import type { BorgVariables, WritableDirectory } from "./writable.ts";
import { HOME, pathsToOpen, TEMPORARY } from "./writable.ts";

/** What the service is made of. */
export interface ServiceRequest {
  /** What it does, for people; specifiers of systemd are replaced. */
  readonly description: string;
  /** The program, absolute. */
  readonly binary: string;
  /** The configuration, if it is not the default one. */
  readonly config: ConfigPlace | undefined;
  /** Whether a run needs the network. */
  readonly network: boolean;
  /** Whether a run may read from ZFS snapshots. */
  readonly zfs: boolean;
  /** Whether servers of databases are dumped. */
  readonly servers: boolean;
  /**
   * What runs the services that are stopped for snapshots: `any` when that is not known, `undefined`
   * when there are none.
   */
  readonly quiesce?: "any" | QuiescedServices | undefined;
  /** Where a run writes to; `undefined` when that is not known, and more is left writable. */
  readonly writable: readonly WritableDirectory[] | undefined;
  readonly borg: BorgVariables;
  readonly credentials: readonly Credential[];
  /** The names of credentials that could be used. */
  readonly possibleCredentials: readonly string[];
  readonly passphraseCommand: boolean;
  /** What it does: the verb and its flags; default: run. */
  readonly verb?: readonly string[];
  /** The unit that is started when it fails. */
  readonly onFailure?: string;
}

/** Where the configuration is. */
export type ConfigPlace =
  | { readonly kind: "path"; readonly path: string }
  /** In /etc/autoborg, called after the unit's instance. */
  | { readonly kind: "instance" };

/** A credential that the service gets. */
export interface Credential {
  /** Letters, digits, dots, hyphens and underscores. */
  readonly name: string;
  /** Whether it is encrypted in the credential store. */
  readonly encrypted: boolean;
}

/**
 * How long the service may take to stop, in seconds. A run that is stopped waits for Borg's checkpoint (80
 * seconds at most), unmounts and releases (two minutes for a command that hangs), runs the hooks
 * `after-snapshot` and `finished` (seconds each when a run is being stopped) and mails (8 seconds at most).
 * Usually it takes seconds.
 */
export const STOP_LIMIT = 30 * 60;

/**
 * Writes the service.
 *
 * @throws {AppError} when a path can't be written into a unit
 */
export function serviceUnit(request: ServiceRequest): string {
  return [
    ...unitSection(request),
    "",
    "[Service]",
    ...commandLines(request),
    ...environmentLines(request),
    "",
    ...credentialLines(request),
    ...PRIORITY,
    "",
    ...fileSystemLines(request),
    "",
    ...deviceLines(request),
    "",
    ...SANDBOX,
    "",
  ].join("\n");
}

function unitSection(
  { description, network, zfs, servers, quiesce, onFailure }: ServiceRequest,
): string[] {
  return [
    "[Unit]",
    `Description=${description}`,
    ...(network ? ["Wants=network-online.target"] : []),
    `After=${network ? "network-online.target " : ""}remote-fs.target`,
    // An order only: what is not there is not waited for.
    ...(zfs ? ["After=zfs-load-module.service zfs-mount.service zfs.target"] : []),
    ...(servers ? ["After=postgresql.service mariadb.service mysql.service docker.service"] : []),
    ...engineLines(quiesce),
    ...(onFailure === undefined ? [] : [
      "# The last safety net: it reports a run that could not report itself.",
      `OnFailure=${onFailure}`,
    ]),
  ];
}

/** Podman has no daemon: its socket is where it runs containers outside of this sandbox. */
function engineLines(quiesce: ServiceRequest["quiesce"]): string[] {
  if (quiesce === "any") return ["After=docker.service podman.socket"];
  if (quiesce?.engine === "docker") return ["After=docker.service"];
  return quiesce?.engine === "podman" ? ["Wants=podman.socket", "After=podman.socket"] : [];
}

function commandLines(request: ServiceRequest): string[] {
  const { binary, config, writable = [], verb = ["run"] } = request;
  const chosen = config?.kind === "path" ? ["--config", config.path] : [];
  const run = [binary, ...verb, ...chosen];
  const recover = [binary, "recover", "--services", ...chosen];
  const ofInstance = config?.kind === "instance" ? " --config /etc/autoborg/%i.toml" : "";
  const made = Map.groupBy(writable, ({ mode }) => mode);
  if (request.writable === undefined) made.set("0700", [{ path: TEMPORARY }]);
  return [
    "Type=oneshot",
    ...[...made].flatMap(([mode, directories]) => {
      if (mode === undefined) return [];
      const paths = directories.map(({ path }) => path);
      // Outside of the sandbox, and if it fails autoborg says so itself.
      return [`ExecStartPre=-+${commandLine(["/bin/mkdir", "-p", "-m", mode, "--", ...paths])}`];
    }),
    "# Removes what a killed Borg left there more than a week ago.",
    `ExecStartPre=-+/usr/bin/find ${TEMPORARY} -xdev -mindepth 1 -mtime +7 -delete`,
    `ExecStart=${commandLine(run)}${ofInstance}`,
    ...(request.quiesce === undefined ? [] : [
      "# Starts what a killed run has stopped for its snapshot.",
      `ExecStopPost=-${commandLine(recover)}${ofInstance}`,
    ]),
    "# Exit code 1 means warnings: the backup was made.",
    "SuccessExitStatus=1",
    "TimeoutStartSec=infinity",
    "# Only autoborg is asked to stop: it lets Borg write a checkpoint, unmounts, and reports.",
    "KillMode=mixed",
    `TimeoutStopSec=${STOP_LIMIT / 60}min`,
    "# If Borg is killed because memory runs out, autoborg continues and reports it.",
    "OOMPolicy=continue",
    "OOMScoreAdjust=500",
    "StandardOutput=journal",
    "StandardError=journal",
    "SyslogIdentifier=autoborg",
  ];
}

/**
 * Variables that nobody needs to make a backup and that do harm: the runtime writes the secrets of TLS
 * to the file that `SSLKEYLOGFILE` names, and takes options and libraries from the others.
 */
const HARMFUL = [
  "SSLKEYLOGFILE",
  "LD_PRELOAD",
  "LD_AUDIT",
  "DENO_V8_FLAGS",
  "NODE_OPTIONS",
  "NODE_V8_COVERAGE",
] as const;

function environmentLines({ borg }: ServiceRequest): string[] {
  const variables = Object.entries(borg).filter(([, value]) => value !== undefined);
  return [
    "# Where Borg keeps its cache and ssh its keys when started by hand.",
    `Environment=HOME=${HOME}`,
    "# Writable by this service only; /tmp is shared by all users.",
    `Environment=TMPDIR=${TEMPORARY}`,
    ...variables.map(([name, value]) => `Environment=${word(`${name}=${value}`)}`),
    "# These would log TLS keys or load foreign code into the program.",
    `UnsetEnvironment=${HARMFUL.join(" ")}`,
  ];
}

function credentialLines(request: ServiceRequest): string[] {
  const { credentials, possibleCredentials } = request;
  // A name instead of a path: when it is not there the service starts, and autoborg can say so by mail.
  const lines = credentials.map(({ name, encrypted }) =>
    `LoadCredential${encrypted ? "Encrypted" : ""}=${name}:${name}`
  );
  const real = lines.length === 0 ? [] : [
    "# Looked for in /etc/credstore.encrypted or /etc/credstore.",
    ...lines,
    "",
  ];
  if (possibleCredentials.length === 0) return real;
  return [
    ...real,
    "# Secrets can be credentials instead: put them into /etc/credstore under these names and take them",
    '# out of the configuration; "autoborg systemd --write" then makes lines of these.',
    ...possibleCredentials.map((name) => `#LoadCredential=${name}:${name}`),
    "",
  ];
}

const PRIORITY = [
  "# Other work on this machine has priority.",
  "Nice=10",
  "IOSchedulingClass=best-effort",
  "IOSchedulingPriority=7",
  "CPUWeight=20",
  "IOWeight=20",
] as const;

function fileSystemLines({ writable, passphraseCommand }: ServiceRequest): string[] {
  const common = [
    "# Nothing may be hidden from the backup. Hence no PrivateTmp=, no ProtectHome=yes, and no",
    "# ProtectKernelModules=, which hides /usr/lib/modules.",
  ];
  if (writable === undefined) {
    return [
      ...common,
      "# Where the repositories are is not known here: only /usr, /boot and /etc are read-only.",
      "ProtectSystem=full",
    ];
  }
  return [
    ...common,
    "# Everything is read-only except what a run writes to. Paths that do not exist are ignored.",
    "ProtectSystem=strict",
    "ProtectHome=read-only",
    ...(passphraseCommand
      ? ["# A passphrase_command that writes (gpg to /root/.gnupg) needs a line of its own here."]
      : []),
    ...pathsToOpen(writable).map((path) => `ReadWritePaths=${word(`-${path}`)}`),
  ];
}

function deviceLines({ zfs }: ServiceRequest): string[] {
  return ["DevicePolicy=closed", ...(zfs ? ["DeviceAllow=/dev/zfs rw"] : [])];
}

/**
 * What else is forbidden. Left open on purpose: the just-in-time compiler of JavaScript needs memory that is
 * writable and executable (no MemoryDenyWriteExecute=), hooks that become another user and prepare
 * its directory need CAP_SETUID, CAP_SETGID, CAP_CHOWN, CAP_FOWNER, setpriority (the group @resources), and
 * CAP_KILL to be stopped; CAP_SYS_ADMIN is what mounting and ZFS need.
 */
const SANDBOX = [
  "# Users who may read the history and the logs are in the group of these directories.",
  "UMask=0027",
  "PrivateMounts=yes",
  "NoNewPrivileges=yes",
  "CapabilityBoundingSet=CAP_SYS_ADMIN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH",
  "# For hooks and dumps of databases that run as another user, and for files that other users own.",
  "CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_KILL CAP_CHOWN CAP_FOWNER",
  "ProtectProc=invisible",
  "ProtectKernelTunables=yes",
  "ProtectKernelLogs=yes",
  "ProtectControlGroups=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "LockPersonality=yes",
  "KeyringMode=private",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service @mount",
  "SystemCallErrorNumber=EPERM",
] as const;
