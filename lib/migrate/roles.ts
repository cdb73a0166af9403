/**
 * Which setting a variable of the script is: the names of the script that autoborg replaces, and
 * those that people plausibly gave to their copies of it.
 *
 * @module
 */

const EXACT = {
  BACKUP_NAME_PREFIX: "name",
  BACKUP_PREFIX: "name",
  ARCHIVE_NAME_PREFIX: "name",
  ARCHIVE_PREFIX: "name",
  BACKUP_DIRECTORIES: "directories",
  BACKUP_DIRS: "directories",
  ZFS_POOLS: "pools",
  BORG_REPOSITORIES: "repositories",
  BORG_REPOS: "repositories",
  PRUNE_KEEP_LAST: "keep_last",
  PRUNE_KEEP_WITHIN: "keep_within",
  PRUNE_KEEP_HOURLY: "keep_hourly",
  PRUNE_KEEP_DAILY: "keep_daily",
  PRUNE_KEEP_WEEKLY: "keep_weekly",
  PRUNE_KEEP_MONTHLY: "keep_monthly",
  PRUNE_KEEP_YEARLY: "keep_yearly",
  ENABLE_BORG_PRUNE: "prune_enabled",
  ENABLE_PRUNE: "prune_enabled",
  ENABLE_BORG_CHECK: "check_enabled",
  ENABLE_CHECK: "check_enabled",
  CHECK_WITH_VERIFY_DATA: "verify_data",
  ENABLE_BORG_COMPACT: "compact_enabled",
  ENABLE_COMPACT: "compact_enabled",
  LOG_DIR: "log_directory",
  LOG_DIRECTORY: "log_directory",
  LOG_GARBAGE_KEEP: "log_keep",
  SCRIPT_TMP_DIR: "temp_dir",
  MAILTO: "mail_recipients",
  TO_EMAIL: "mail_recipients",
  TO_EMAILS: "mail_recipients",
  RECIPIENT_EMAIL: "mail_recipients",
  RECIPIENT_EMAILS: "mail_recipients",
  FROM_EMAIL: "mail_from",
  SENDER_EMAIL: "mail_from",
  SENDER_NAME: "mail_from_name",
} as const;

/** What stands behind SMTP_, EMAIL_, MAIL_ or EMAIL_SMTP_. */
const OF_MAIL = [
  [
    "mail_server",
    "SERVER HOST HOSTNAME SERVER_HOST SERVER_HOSTNAME SERVER_NAME SERVER_ADDRESS RELAY",
  ],
  ["mail_port", "PORT SERVER_PORT"],
  ["mail_username", "USER USERNAME USER_NAME LOGIN LOGIN_USER AUTH_USER ACCOUNT"],
  ["mail_password", "PASSWORD PASS PASSWD PASSPHRASE PW LOGIN_PASSWORD AUTH_PASSWORD"],
  ["mail_password_file", "PASSWORD_FILE"],
  ["mail_starttls", "USE_TLS TLS ENABLE_TLS USE_STARTTLS STARTTLS START_TLS ENABLE_STARTTLS"],
  ["mail_tls", "USE_SSL SSL ENABLE_SSL USE_SMTPS SMTPS"],
  ["mail_security", "SECURITY ENCRYPTION"],
  ["mail_from", "FROM SENDER FROM_ADDRESS FROM_ADDR FROM_EMAIL SENDER_ADDRESS SENDER_EMAIL"],
  ["mail_from_name", "FROM_NAME SENDER_NAME"],
  [
    "mail_recipients",
    "TO RECIPIENT RECIPIENTS RECEIVER RECEIVERS TO_ADDRESS TO_ADDRESSES TO_ADDR " +
    "TO_ADDRS TO_EMAIL TO_EMAILS RECIPIENT_ADDRESS RECIPIENT_ADDRESSES RECIPIENT_LIST",
  ],
  ["mail_ca_file", "CA_FILE CAFILE"],
] as const;

/** A setting of the script. */
export type Role =
  | typeof EXACT[keyof typeof EXACT]
  | typeof OF_MAIL[number][0]
  | "mail_enabled"
  | "mail_only_problems"
  | "mail_on_success";

const ROLES: ReadonlyMap<string, Role> = new Map(Object.entries(EXACT));

const MAIL_ROLES: ReadonlyMap<string, Role> = new Map(
  OF_MAIL.flatMap(([role, words]) => words.split(" ").map((word) => [word, role] as const)),
);

/**
 * Says which setting a variable is.
 *
 * @param name a name of Python
 * @returns the setting; `undefined` when nobody knows it
 */
export function roleOf(name: string): Role | undefined {
  const exact = ROLES.get(name);
  if (exact !== undefined) return exact;
  const [, rest = ""] = /^(?:SMTP|E?MAIL)_(?:(?:SMTP|E?MAIL)_)?(.+)$/.exec(name) ?? [];
  return MAIL_ROLES.get(rest) ?? mailFlag(name);
}

function mailFlag(name: string): Role | undefined {
  if (!/^[A-Z_]*(?:MAIL|SMTP|NOTIF|REPORT)[A-Z_]*$/.test(name)) return undefined;
  if (/ONLY/.test(name) && /ERROR|FAIL|PROBLEM/.test(name)) return "mail_only_problems";
  if (/_(?:ON|IF)_SUCCESS$/.test(name)) return "mail_on_success";
  const isSwitch = /^(?:ENABLE|SEND|USE)_(?:SMTP|E?MAILS?)(?:_NOTIFICATIONS?|_REPORTS?)?$/
    .test(name) || /^(?:SMTP|E?MAIL)(?:_NOTIFICATIONS?|_REPORTS?)?_(?:ENABLED?|ACTIVE)$/.test(name);
  return isSwitch ? "mail_enabled" : undefined;
}

/**
 * Whether what a name stands for may be a secret, so that no message shows it.
 *
 * @param name a name of Python or a key of a dict
 */
export function isSecretive(name: string): boolean {
  return /PASS|PHRASE|SECRET|TOKEN|KEY|PWD|PW$|AUTH|CRED/i.test(name);
}
