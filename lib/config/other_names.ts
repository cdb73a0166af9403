/** What keys are called in other programs, and where people expect them. Pure data. @module */

/** Keys of another name in the same table, by the table and what people write there. */
const IN_TABLE: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "repositories[]": {
    label: ["name"],
    url: [
      "path",
      "repo",
      "repo_url",
      "repository",
      "location",
      "host",
      "port",
      "user",
      "address",
      "ssh_port",
      "ssh_user",
    ],
    encryption: ["encryption_mode"],
    passphrase: ["password", "encryption_passphrase"],
    passphrase_file: ["password_file"],
    passphrase_command: ["passcommand", "password_command", "encryption_passcommand"],
    ssh_key: ["key", "key_file", "keyfile", "identity", "identity_file", "ssh_key_file"],
    ssh_options: ["ssh_command", "rsh", "ssh_args"],
    remote_borg: ["remote_path", "borg_path", "borg"],
    upload_rate_limit: ["rate_limit", "upload_limit", "bandwidth", "upload_ratelimit"],
  },
  retention: {
    keep_last: ["last"],
    keep_daily: ["daily", "days"],
    keep_weekly: ["weekly", "weeks"],
    keep_monthly: ["monthly", "months"],
    keep_yearly: ["yearly", "annually", "keep_annually", "years"],
    keep_within: ["within"],
  },
  sources: {
    directories: [
      "paths",
      "dirs",
      "directory",
      "source_directories",
      "include",
      "files",
      "path",
      "source",
    ],
    exclude: ["excludes", "exclude_patterns", "patterns"],
  },
  zfs: { datasets: ["pools", "pool", "filesystems"] },
  check: {
    repository_every: ["every", "interval", "frequency"],
    verify_data_every: ["verify_data", "verify", "data"],
  },
  quiesce: { units: ["services", "service", "unit"], containers: ["container"] },
  logs: { directory: ["dir", "path"], keep: ["retention"], level: ["debug", "verbose"] },
  mail: {
    server: ["host", "smtp", "smtp_server", "smtp_host"],
    port: ["smtp_port"],
    security: ["tls", "ssl", "starttls", "encryption"],
    username: ["user", "login", "smtp_user"],
    password: ["passphrase", "pass", "smtp_password"],
    from_address: ["from", "sender"],
    recipients: ["to", "recipient"],
  },
  "notify[]": {
    kind: ["type", "service", "provider"],
    label: ["name"],
    url: ["server", "topic", "webhook", "webhook_url", "homeserver", "uuid", "address"],
    token: ["password", "secret", "key", "api_key", "access_token", "bot_token", "app_token"],
    token_file: ["password_file", "secret_file"],
    chat: ["chat_id"],
    room: ["room_id", "channel"],
    method: ["verb"],
    headers: ["header"],
    body: ["template", "payload"],
    when: ["states", "on", "events"],
    ca_file: ["ca", "cacert"],
  },
  "databases[]": {
    kind: ["type", "engine"],
    label: ["id"],
    databases: ["name", "names", "database", "dbname", "path", "paths", "files"],
    all: ["all_databases"],
    exclude: ["excludes", "skip"],
    host: ["hostname", "server", "address"],
    socket: ["socket_path", "unix_socket"],
    user: ["username", "login"],
    run_as: ["run_user", "as", "system_user"],
    min_rate: ["rate"],
  },
  page: { file: ["path", "html"] },
  paths: { temp_dir: ["temp", "tmp", "tmp_dir"], state_dir: ["state"] },
  run: { parallel: ["jobs", "concurrency"] },
  status: { max_age: ["age", "max"] },
  ping: { url: ["uuid", "healthchecks", "ping_url"] },
  metrics: { textfile: ["file", "path"] },
};

/** The same everywhere else: what to write instead, and where. */
const ELSEWHERE: readonly (readonly [names: readonly string[], text: string])[] = [
  [["keep", "prune"], "the keys keep_daily, keep_weekly and so on belong in [retention]"],
  [["daily", "weekly", "monthly", "yearly"], "did you mean keep_daily and so on in [retention]?"],
  [["source_directories", "paths"], 'did you mean "directories" in [sources]?'],
  [["exclude", "excludes", "exclude_patterns"], 'did you mean "exclude" in [sources]?'],
  [["encryption_passphrase"], 'did you mean "passphrase" in [[repositories]]?'],
  [["encryption_passcommand"], 'did you mean "passphrase_command" in [[repositories]]?'],
  [["password"], 'did you mean "passphrase" in [[repositories]], or "password" in [mail]?'],
  [["ssh_command"], 'did you mean "ssh_options" in [[repositories]]?'],
  [["remote_path"], 'did you mean "remote_borg" in [[repositories]]?'],
  [["repo", "location"], "did you mean [[repositories]]?"],
  [["BORG_REPO", "RESTIC_REPOSITORY"], 'did you mean "url" in [[repositories]]?'],
  [["BORG_PASSPHRASE", "RESTIC_PASSWORD"], 'did you mean "passphrase" in [[repositories]]?'],
  [["RESTIC_PASSWORD_FILE"], 'did you mean "passphrase_file" in [[repositories]]?'],
  [
    ["BORG_PASSCOMMAND", "RESTIC_PASSWORD_COMMAND"],
    'did you mean "passphrase_command" in [[repositories]]?',
  ],
  [["BORG_RSH"], 'did you mean "ssh_key" or "ssh_options" in [[repositories]]?'],
  [["BORG_REMOTE_PATH"], 'did you mean "remote_borg" in [[repositories]]?'],
  [["url"], 'did you mean "url" in [[repositories]]?'],
  [["healthchecks", "ping_url"], 'did you mean "url" in [ping]?'],
  [["smtp", "email"], "did you mean [mail]?"],
  [
    ["notifications", "ntfy", "gotify", "telegram", "slack", "matrix", "webhook", "discord"],
    "did you mean [[notify]]?",
  ],
  [["log", "logging"], "did you mean [logs]?"],
  [["log_dir", "log_directory", "log_file"], 'did you mean "directory" in [logs]?'],
  [["log_level", "verbosity"], 'did you mean "level" in [logs]?'],
  [["archive_name_format", "prefix"], 'did you mean "name" at the top of the file?'],
  [
    ["schedule", "timer", "cron"],
    "the timer sets the time of the runs; its options are --calendar and --splay of the command " +
    '"systemd"',
  ],
  [
    [
      ...["postgresql_databases", "mysql_databases", "mariadb_databases", "mongodb_databases"],
      ...["sqlite_databases", "database", "postgresql", "postgres", "mariadb", "mysql", "sqlite"],
      ...["dumps", "mongodb"],
    ],
    "did you mean [[databases]]?",
  ],
  [
    ["hooks", "commands", "before_backup", "after_backup", "on_error"],
    "hooks are programs in /etc/autoborg/hooks: before-snapshot, after-snapshot, finished, dump",
  ],
  [
    ["append_only", "storage_quota", "quota"],
    "it is set on the server, in command= of authorized_keys",
  ],
];

/** Keys that mean something only in their own table, so that no other table can be meant. */
export const OF_THEIR_TABLE: ReadonlySet<string> = new Set([
  ...["keep", "enabled", "every", "name", "path", "port", "files", "size", "level", "directory"],
  ...["file", "when", "label", "kind"],
]);

/** The key that a table calls otherwise. */
export function nameInTable(way: string, key: string): string | undefined {
  return Object.entries(IN_TABLE[way] ?? {}).find(([, others]) => others.includes(key))?.[0];
}

/** What to say of a key of other programs; `undefined` when none is known. */
export function adviceElsewhere(key: string): string | undefined {
  return ELSEWHERE.find(([names]) => names.includes(key))?.[1];
}
