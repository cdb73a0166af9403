/**
 * What people type: an example or two for every verb, shown by `--help`, in the manual page and in
 * the reference.
 * @module
 */

/** A command line as it is typed, without `sudo`, and what it does, as a phrase. */
type Example = readonly [command: string, meaning: string];

/** The examples of each verb, by the verb's name as it is typed. */
export const EXAMPLES = {
  "setup": [
    ["autoborg setup", "Answer a few questions to get a first backup"],
    ["autoborg setup --example > config.toml", "Write the configuration yourself"],
  ],
  "run": [
    ["autoborg run", "What the timer runs every night"],
    ["autoborg run --dry-run", "Print every command, change nothing"],
    ["autoborg run --dry-run --list", "List every file to back up, and why others are excluded"],
    ["autoborg run --repo disk --skip check,compact", "An extra backup to one repository, quickly"],
  ],
  "check-config": [
    ["autoborg check-config", "After every change to the file"],
    [
      "autoborg check-config --config ./config.toml",
      "Test a file before it replaces the current one",
    ],
    [
      "autoborg check-config --probe",
      "Before the first night: is everything in place that a run depends on?",
    ],
  ],
  "show-config": [["autoborg show-config", "Show the settings in effect, including defaults"]],
  "init": [
    ["autoborg init", "Create the missing ones; leave the others alone"],
    ["autoborg init --repo offsite", "Create one repository"],
  ],
  "status": [
    ["autoborg status", "Is every backup recent? The exit code says so, too"],
    ["autoborg status --json", "The same for a monitoring system"],
  ],
  "accept": [
    ['autoborg accept disk --reason "moved the photos"', "After looking into it: resume pruning"],
  ],
  "key": [
    ["autoborg key export /root/keys", "Copy all keys, to put them away from this machine"],
    ["autoborg key check /media/stick/*.key", "Prove that kept copies are the right ones"],
  ],
  "pin": [
    ['autoborg pin latest --reason "before the upgrade"', "No prune removes the newest archive"],
    [
      "autoborg pin web1-2026-11-22T04:00:00Z-0123abcd --remove",
      "Let retention decide about it again",
    ],
  ],
  "history": [
    ["autoborg history --last 7", "The last week"],
    ["autoborg history --html runs.html", "Write a page with charts"],
  ],
  "test-notify": [
    ["autoborg test-notify", "Check that reports arrive, and what they look like"],
    ["autoborg test-notify phone", "Try one channel"],
  ],
  "list": [
    ["autoborg list", "The archives of all repositories"],
    ["autoborg list --retention", "What the next prune removes"],
    ["autoborg list latest 'etc/ssh/*'", "Contents of the newest archive"],
  ],
  "find": [
    ["autoborg find fstab", "Every version of every file of that name"],
    ["autoborg find '*.conf' --last 5", "Search the newest five archives"],
  ],
  "restore": [
    ["autoborg restore etc/fstab --to /tmp/back", "One file of the newest archive"],
    ['autoborg restore home/alice --at "2026-11-20 08:00"', "A directory as it was then"],
    [
      "autoborg restore etc/fstab --overwrite",
      "Restore it in place, after showing what would change",
    ],
    [
      "autoborg restore --database pg/shop --into shop_new",
      "A database, into a new one on its server",
    ],
  ],
  "verify": [["autoborg verify --files 100", "Read 100 files back and compare them"]],
  "borg": [
    ["autoborg borg disk -- info", "Any command of Borg, with key and passphrase"],
    ["autoborg borg offsite -- key change-passphrase ::", "Then export the key again"],
  ],
  "mount": [["autoborg mount disk /mnt/archives", "Browse all archives"]],
  "umount": [["autoborg umount /mnt/archives", "Unmount it again"]],
  "recover": [
    ["autoborg recover", "After a power failure, without waiting for the next run"],
    ["autoborg recover --services", "Start what a killed run has stopped for its snapshot"],
  ],
  "systemd": [
    ["autoborg systemd --write /etc/systemd/system", "Let systemd start a run every night"],
    ['autoborg systemd --calendar "Mon..Fri 22:00"', "Print the units for another time"],
    [
      "autoborg systemd --splay 1h --write /etc/systemd/system",
      "Spread machines with one backup server over an hour",
    ],
  ],
  "migrate": [
    ["autoborg migrate automated_borg_backup.py", "Print the converted settings of the script"],
    [
      "autoborg migrate --write /etc/autoborg automated_borg_backup.py",
      "Write them, each passphrase to its own file",
    ],
  ],
  "completions": [
    [
      "autoborg completions bash > /usr/share/bash-completion/completions/autoborg",
      "For all users, in bash",
    ],
    [
      "autoborg completions zsh > /usr/local/share/zsh/site-functions/_autoborg",
      "For all users, in zsh",
    ],
    [
      "autoborg completions fish > ~/.config/fish/completions/autoborg.fish",
      "For yourself, in fish",
    ],
  ],
  "schema": [["autoborg schema > autoborg.schema.json", "For an editor"]],
} as const satisfies Record<string, readonly Example[]>;

type VerbName = keyof typeof EXAMPLES;

/** The texts of a verb: its brief without a full stop, and below it the examples. */
export function withExamples(verb: VerbName, brief: string): {
  readonly brief: string;
  readonly fullDescription: string;
} {
  const lines = EXAMPLES[verb].flatMap((
    [command, meaning],
  ) => [`  ${introduction(meaning)}`, `    ${command}`]);
  const heading = lines.length > 2 ? "EXAMPLES" : "EXAMPLE";
  return { brief, fullDescription: [brief, "", heading, ...lines].join("\n") };
}

/** What stands before an example: its meaning with a colon, unless it is a question. */
export function introduction(meaning: string): string {
  return meaning.endsWith("?") ? meaning : `${meaning}:`;
}
