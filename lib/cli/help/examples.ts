/**
 * What people type: an example or two for every verb, shown by `--help`, in the manual page and in
 * the reference.
 * @module
 */

/** A command line as it is typed, without `sudo`, and what it does, as a phrase. */
type Example = readonly [command: string, meaning: string];

/** The examples of each verb, by the verb's name as it is typed. */
export const EXAMPLES = {
  "run": [
    ["autoborg run", "What the timer does every night"],
    ["autoborg run --dry-run", "See every command, change nothing"],
    ["autoborg run --repo disk --skip check,compact", "One more backup to one repository, quickly"],
  ],
  "check-config": [
    ["autoborg check-config", "After every change of the file"],
    [
      "autoborg check-config --config ./config.toml",
      "Try a file before it takes the other one's place",
    ],
    [
      "autoborg check-config --probe",
      "Before the first night: is everything there that a run depends on?",
    ],
  ],
  "show-config": [
    ["autoborg show-config", "See what is in force, defaults included"],
  ],
  "init": [
    ["autoborg init", "Create what is missing; leave the others alone"],
    ["autoborg init --repo offsite", "Create one repository"],
  ],
  "status": [
    ["autoborg status", "Is everything fresh? The exit code says it, too"],
    ["autoborg status --json", "The same for a monitoring system"],
  ],
  "accept": [
    ['autoborg accept disk --reason "moved the photos"', "After you have looked: go on pruning"],
  ],
  "history": [
    ["autoborg history --last 7", "The last week"],
    ["autoborg history --html runs.html", "Draw a page with charts"],
  ],
  "test-mail": [
    ["autoborg test-mail", "See whether mail arrives, and what it looks like"],
  ],
  "list": [
    ["autoborg list", "The archives of all repositories"],
    ["autoborg list latest 'etc/ssh/*'", "What is in the newest archive"],
  ],
  "find": [
    ["autoborg find fstab", "Every version of every file of that name"],
    ["autoborg find '*.conf' --last 5", "Look into the newest five archives"],
  ],
  "restore": [
    ["autoborg restore etc/fstab --to /tmp/back", "One file of the newest archive"],
    ['autoborg restore home/alice --at "2026-11-20 08:00"', "A directory as it was then"],
  ],
  "verify": [
    ["autoborg verify --files 100", "Read 100 files back and compare them"],
  ],
  "borg": [
    ["autoborg borg disk -- info", "Any command of Borg, with key and passphrase"],
    ["autoborg borg offsite -- key export", "Print a key, to keep it elsewhere"],
  ],
  "mount": [
    ["autoborg mount disk /mnt/archives", "Look into all archives"],
  ],
  "umount": [
    ["autoborg umount /mnt/archives", "Take the mount away again"],
  ],
  "recover": [
    ["autoborg recover", "After a power cut, without waiting for the next run"],
  ],
  "systemd": [
    ["autoborg systemd --write /etc/systemd/system", "Let systemd start a run every night"],
    [
      'autoborg systemd --calendar "Mon..Fri 22:00"',
      "See what the units for another time would be",
    ],
  ],
  "migrate": [
    ["autoborg migrate automated_borg_backup.py", "See what becomes of the script's settings"],
    [
      "autoborg migrate --write /etc/autoborg automated_borg_backup.py",
      "Write them, each passphrase to a file of its own",
    ],
  ],
  "completions": [
    [
      "autoborg completions bash > /usr/share/bash-completion/completions/autoborg",
      "For everybody who uses bash",
    ],
    [
      "autoborg completions zsh > /usr/local/share/zsh/site-functions/_autoborg",
      "For everybody who uses zsh",
    ],
    [
      "autoborg completions fish > ~/.config/fish/completions/autoborg.fish",
      "For yourself, in fish",
    ],
  ],
  "schema": [
    ["autoborg schema > autoborg.schema.json", "For an editor"],
  ],
} as const satisfies Record<string, readonly Example[]>;

/** The name of a verb, as it is typed. */
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
