/**
 * What ssh and the shell of a server say, and what it means: one long table, because its order counts.
 *
 * @module
 */
import { commandLine } from "../text/printable.ts";
import { commandOnServer, serverOf, sshCommand } from "./ssh_command.ts";
import { checkHostKey, forgetHostKey, offendingLine } from "./host_key.ts";
import type { BorgRepository } from "./repository.ts";

/** What a line means. */
export interface SshReason {
  readonly pattern: RegExp;
  /** The server could not be reached at all. */
  readonly unreachable?: true;
  /** It may be over in a moment; the server was reached all the same. */
  readonly passes?: true;
  /** It means this only when ssh reaches the server through another program or machine. */
  readonly withProxy?: true;
  /** What happened, when that is more than a failed connection; the line follows it. */
  readonly says?: string;
  /** The server denied permission, which may be for a key that ssh could not use. */
  readonly isDenied?: true;
  /** What else is known of it, from all lines; the line itself when there is nothing. */
  readonly detail?: (lines: readonly string[]) => string | undefined;
  /** What to do, from the repository, the line, and all lines. */
  readonly hint: (repository: BorgRepository, line: string, lines?: readonly string[]) => string;
}

/** The name that ssh could not resolve: the server's, or that of a jump host. */
function checkName({ label }: BorgRepository, line: string): string {
  const host = /resolve hostname (\S+?):/.exec(line)?.[1] ?? "HOST";
  return `Check the name in the URL of [[repositories]] "${label}" (and in ssh_options, if it names ` +
    `a jump host); ${quoted(["getent", "hosts", host])} shows whether this machine can resolve it`;
}

function checkListener({ label }: BorgRepository, line: string): string {
  const [, host = "the server", port = "22"] = /connect to host (\S+) port (\d+)/.exec(line) ?? [];
  return `${host} is up, but refuses connections to port ${port}: check that sshd runs there, that no firewall ` +
    `rejects it, and the port in the URL and ssh_options of [[repositories]] "${label}"`;
}

function checkProxy(repository: BorgRepository): string {
  return `Check ProxyCommand or ProxyJump in ssh_options of [[repositories]] "${repository.label}": ` +
    `the connection ended before it reached the server. To see why: "${sshCommand(repository)}"`;
}

function quoted(words: readonly string[]): string {
  return `"${commandLine(words)}"`;
}

/** The key that ssh names in a line, as a word of a command. */
function keyOf({ sshKey }: BorgRepository, line: string): string {
  const key = /(["'])(\/.*)\1/.exec(line)?.[2] ?? sshKey;
  return key === undefined ? "KEYFILE" : commandLine([key]);
}

const HOST_UNKNOWN = "this machine does not know the server's host key yet";
const CANNOT_START = "Borg cannot be started on the server";
const OF_KEY = "the private SSH key cannot be used";
/** What the account is not made for; the server says so on standard output or standard error. */
export const NOT_SERVED = "the server does not let this user run Borg";

function openKey(repository: BorgRepository, line: string): string {
  const key = keyOf(repository, line);
  return /\.pub\W*$/.test(key)
    ? `ssh_key in [[repositories]] "${repository.label}" names the public half: take the file without .pub`
    : `ssh ignores a private key that other users can read: "chmod 600 ${key}"`;
}

/**
 * From special to general: ssh says of a key that it ignores it, and then that permission was denied,
 * as if the server were to blame. What is said last, but may get lost, comes first.
 */
export const SSH_REASONS: readonly SshReason[] = [
  {
    // ssh knows neither name nor port of a peer that it reaches through another program.
    pattern:
      /Connection (?:closed|reset) by UNKNOWN|^(?:\S*sh|\S*env): .*\bexec: .*not found|stdio forwarding failed|jumphost loop/,
    says: "the proxy or jump host failed",
    hint: checkProxy,
  },
  {
    // ssh says so first, and of the proxy only afterwards, which may get lost.
    pattern: /kex_exchange_identification: |banner exchange: /,
    withProxy: true,
    says: "the proxy or jump host failed",
    hint: checkProxy,
  },
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for \S+ has changed/i,
    says: "the server's host key has changed",
    detail: offendingLine,
    hint: forgetHostKey,
  },
  {
    pattern: /REVOKED HOST KEY DETECTED|host key \S+ was revoked|marked as revoked/i,
    says: "the server's host key is revoked",
    hint: () =>
      "Someone has marked this host key as stolen (@revoked in known_hosts): ask the server's " +
      "administrator, and create a new one on the server",
  },
  {
    pattern: /Certificate invalid: /,
    says: "the server's host certificate is not valid",
    hint: () =>
      "The server's administrator must sign its host key again (HostCertificate in sshd_config " +
      'there names the certificate, "ssh-keygen -Lf FILE" shows its dates); check the clock of this machine, too',
  },
  {
    pattern: /Corrupted MAC on input|Bad packet length|message authentication code incorrect/,
    passes: true,
    says: "data was damaged on its way between this machine and the server",
    hint: () =>
      "ssh noticed it, and nothing of it reached the repository. If it happens again, look for a faulty " +
      "network card, cable, Wi-Fi or VPN between the two, and check the memory of both",
  },
  { pattern: /No \S+ host key is known for/, says: HOST_UNKNOWN, hint: checkHostKey },
  { pattern: /Host key verification failed/, says: HOST_UNKNOWN, hint: checkHostKey },
  {
    pattern: /Permissions \d+ for .* are too open/,
    says: OF_KEY,
    hint: openKey,
  },
  { pattern: /UNPROTECTED PRIVATE KEY|bad permissions/, says: OF_KEY, hint: openKey },
  {
    pattern: /Load key .*incorrect passphrase|read_passphrase/,
    says: OF_KEY,
    hint: () => "The SSH key has a passphrase, and a service has no agent: use a key without one",
  },
  {
    pattern: /invalid format|error in libcrypto|Load key .*(?:invalid|unsupported|unknown)/,
    says: OF_KEY,
    hint: (repository, line) =>
      `It is damaged, or not a private key: "ssh-keygen -y -f ${
        keyOf(repository, line)
      }" must print its ` +
      "public half. ssh_key names the file without .pub, with Unix line endings",
  },
  {
    pattern: /Too many authentication failures/,
    hint: ({ label }) =>
      "ssh tried several keys, and the server gave up: name the right one with ssh_key in " +
      `[[repositories]] "${label}"`,
  },
  {
    pattern: /Identity file .* not accessible|no such identity/,
    says: OF_KEY,
    hint: ({ label }) =>
      `Correct ssh_key in [[repositories]] "${label}", or put the key there: this user must be able to ` +
      "read it",
  },
  {
    pattern: /sign_and_send_pubkey: signing failed|agent refused operation/,
    says: OF_KEY,
    hint: ({ label }) =>
      "An SSH agent or a security token has the key and did not sign with it. Set ssh_key in " +
      `[[repositories]] "${label}" to the file of a key without a passphrase`,
  },
  {
    pattern: /no mutual signature algorithm/,
    says: OF_KEY,
    hint: () =>
      "Client and server share no signature algorithm for this key, as with an old server and an RSA " +
      "key: use an Ed25519 key (ssh-keygen -t ed25519)",
  },
  {
    pattern: /Permission denied(?: \(|, please try again)/,
    isDenied: true,
    says: "the server does not accept the key",
    hint: ({ label, url }) =>
      "Check that the public key is in authorized_keys on the server (and not shut out there by from= or " +
      "expiry-time=), and that the home " +
      `directory there is writable only by its owner; user and ssh_key of [[repositories]] "${label}" must be ` +
      "right, and the key must have no passphrase. The server's log tells which it is: " +
      `"${commandOnServer({ url }, "journalctl", "-u", "ssh")}" there`,
  },
  {
    pattern: /Bad owner or permissions on/,
    says: "ssh refuses its own configuration",
    hint: (_repository, line) => {
      const file = commandLine([/permissions on (.+?)\.?$/.exec(line)?.[1] ?? "FILE"]);
      return `Only its owner, or root, may write to it: "chmod go-w ${file}"; "ls -l ${file}" shows ` +
        "the owner";
    },
  },
  {
    pattern: /Invalid key length/,
    hint: () =>
      "A key is too short for this ssh (RSA needs 1024 bits or more, 3072 are usual): the server " +
      "needs a new host key, or the client a new ssh_key",
  },
  {
    pattern: /Bad configuration option|command-line:? line \d+: |configuration (?:error|option)/i,
    hint: () => "Check ssh_options of the repository, and ssh's own configuration on this machine",
  },
  {
    pattern:
      /Unable to negotiate with|no matching (?:host key type|key exchange method|cipher|MAC)/,
    hint: () => "The server's sshd is too old for this ssh, or allows only old methods: update it",
  },
  {
    pattern: /allows sftp connections only/i,
    says: NOT_SERVED,
    hint: () => "The account is restricted to SFTP: Borg needs one that may run commands",
  },
  {
    pattern: /account is currently not available|account has expired|password has expired/i,
    says: NOT_SERVED,
    hint: (repository) => {
      const { target = "" } = serverOf(repository) ?? {};
      const [, user = "USER"] = /^(.+)@/.exec(target) ?? [];
      const shell = commandOnServer(repository, "usermod", "--shell", "/bin/sh", user);
      return `Give the user a shell that runs commands, on the server: "${shell}". ` +
        `"${
          commandOnServer(repository, "chage", "-l", user)
        }" there shows whether the account has expired`;
    },
  },
  {
    pattern: /system is (?:booting up|going down)|unprivileged users are not permitted to log in/i,
    unreachable: true,
    says: NOT_SERVED,
    hint: () =>
      "The server is starting or shutting down: check /run/nologin and /etc/nologin " +
      "there",
  },
  {
    pattern: /channel \d+: open failed|(?:exec|shell) request failed on channel/,
    says: NOT_SERVED,
    hint: (repository) =>
      "sshd there opened no session: check MaxSessions in its sshd_config, and its log: " +
      `"${commandOnServer(repository, "journalctl", "-u", "ssh")}"`,
  },
  {
    pattern: /\bfork: .*Resource temporarily unavailable/,
    passes: true,
    says: CANNOT_START,
    hint: () =>
      "The user runs too many processes there: end what hangs (ps -u USER), or raise the limit (ulimit -u, " +
      "/etc/security/limits.conf)",
  },
  {
    pattern: /^MemoryError$|Cannot allocate memory/,
    says: "there is not enough memory on the server",
    hint: () => 'Look with "free -m" there; ulimit -v and MemoryMax= limit it, too',
  },
  {
    pattern: /^borg\S*(?: serve)?: error: /,
    says: "Borg on the server does not understand how it was started",
    hint: () =>
      'Check command= in authorized_keys on the server: "borg serve --restrict-to-path PATH" is usual. If it is ' +
      "right, the Borg there is too old: 1.2 or 1.4 is needed",
  },
  {
    pattern: /sudo: a (?:password|terminal) is required/,
    says: "sudo on the server asks for a password",
    hint: () =>
      "Allow this user to start Borg with sudo and without a password (NOPASSWD in sudoers), or " +
      "leave sudo out of remote_borg and command=",
  },
  {
    pattern: /failed to map segment|Error loading Python lib|create temporary directory/,
    says: CANNOT_START,
    hint: () =>
      "Borg unpacks itself into a temporary directory that is full or mounted with noexec: free some " +
      "space in /tmp on the server, or set TMPDIR there in command= of authorized_keys",
  },
  {
    pattern:
      /GLIBC_[\d.]+. not found|bad interpreter|ModuleNotFoundError|ImportError|Fatal Python error|Python path configuration/,
    says: CANNOT_START,
    hint: () => "It is incomplete, or made for another system: reinstall Borg on the server",
  },
  {
    pattern:
      /borg\S*: (?:command )?not found|command not found: \S*borg|borg\S*: (?:cannot execute: |not found)|(?<!home directory \S*)borg\S*: No such file/,
    says: "Borg was not found on the server",
    hint: ({ label }) =>
      `Install Borg on the server, or set "remote_borg" in [[repositories]] "${label}" to its path ` +
      "there; a path in command= of authorized_keys must be right, too",
  },
  {
    pattern: /^\S*sh: .*: (?:command )?not found$/,
    says: "a program was not found on the server",
    hint: ({ label }) =>
      `"remote_borg" in [[repositories]] "${label}", and command= in authorized_keys there, must ` +
      "name programs that are installed on the server",
  },
  {
    pattern: /^PermissionError: \[Errno 13\]/,
    says: CANNOT_START,
    hint: () =>
      "Its user cannot read something that Python needs there, such as its home directory or the files of Borg: " +
      '"ls -ld" shows owner and mode; if it is hosted, ask the provider',
  },
  {
    pattern: /: Is a directory|: cannot execute|: Permission denied$/,
    says: CANNOT_START,
    hint: ({ label }) =>
      `"remote_borg" in [[repositories]] "${label}" and command= in authorized_keys must name the ` +
      "program itself, which this user may run",
  },
  {
    pattern: /Could not resolve hostname/,
    unreachable: true,
    hint: checkName,
  },
  { pattern: /connect to host .*: Connection refused/, unreachable: true, hint: checkListener },
  {
    pattern: /Connection refused|timed out|No route to host|Network is unreachable|Host is down/,
    unreachable: true,
    hint: () =>
      "Check that the server is on, that name and port are right, and that no firewall is in between",
  },
  {
    pattern: /Cannot assign requested address|no suitable addresses|unix_listener: /,
    says: "ssh cannot connect as ssh_options require",
    hint: ({ label }) =>
      `Check BindAddress, BindInterface and ControlPath in ssh_options of [[repositories]] "${label}", ` +
      "and in ssh's own configuration on this machine",
  },
  {
    pattern:
      /(?:kex|ssh)_exchange_identification: .*(?:closed by|reset by)|banner exchange: .*(?:closed by|reset by|invalid format)|Not allowed at this time|Exceeded MaxStartups/,
    unreachable: true,
    says: "the server is refusing connections",
    hint: (repository) =>
      "sshd there has too many connections at once (MaxStartups in sshd_config), or has shut " +
      "this " +
      "address out (PerSourcePenalties, fail2ban, hosts.deny): check its log, " +
      `"${commandOnServer(repository, "journalctl", "-u", "ssh")}"`,
  },
  {
    pattern: /Could not chdir to home directory/,
    says: "the user has no home directory on the server",
    hint: () => "Create it there: it must belong to the user, and Borg keeps its settings in it",
  },
];
