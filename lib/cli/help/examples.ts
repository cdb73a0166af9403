/**
 * What people type: an example or two for every verb, shown by `--help`, in the manual page and in
 * the reference.
 *
 * @module
 */

/** A command line and what it is for. */
interface Example {
  /** As it is typed, without `sudo`. */
  readonly command: string;
  /** What it does, as a phrase that begins with a capital letter. */
  readonly meaning: string;
}

/** The examples of each verb, by the verb's name as it is typed. */
export const EXAMPLES = {
  "run": [
    { command: "autoborg run", meaning: "What the timer does every night" },
    { command: "autoborg run --dry-run", meaning: "See every command, change nothing" },
    {
      command: "autoborg run --repo disk --skip check,compact",
      meaning: "One more backup to one repository, quickly",
    },
  ],
  "check-config": [
    { command: "autoborg check-config", meaning: "After every change of the file" },
    {
      command: "autoborg check-config --config ./config.toml",
      meaning: "Try a file before it takes the other one's place",
    },
    {
      command: "autoborg check-config --probe",
      meaning: "Before the first night: is everything there that a run depends on?",
    },
  ],
  "show-config": [
    { command: "autoborg show-config", meaning: "See what is in force, defaults included" },
  ],
  "init": [
    { command: "autoborg init", meaning: "Create what is missing; leave the others alone" },
    { command: "autoborg init --repo offsite", meaning: "Create one repository" },
  ],
  "status": [
    { command: "autoborg status", meaning: "Is everything fresh? The exit code says it, too" },
    { command: "autoborg status --json", meaning: "The same for a monitoring system" },
  ],
  "history": [
    { command: "autoborg history --last 7", meaning: "The last week" },
    { command: "autoborg history --html runs.html", meaning: "Draw a page with charts" },
  ],
  "test-mail": [
    { command: "autoborg test-mail", meaning: "See whether mail arrives, and what it looks like" },
  ],
  "list": [
    { command: "autoborg list", meaning: "The archives of all repositories" },
    { command: "autoborg list latest 'etc/ssh/*'", meaning: "What is in the newest archive" },
  ],
  "find": [
    { command: "autoborg find fstab", meaning: "Every version of every file of that name" },
    { command: "autoborg find '*.conf' --last 5", meaning: "Look into the newest five archives" },
  ],
  "restore": [
    {
      command: "autoborg restore etc/fstab --to /tmp/back",
      meaning: "One file of the newest archive",
    },
    {
      command: 'autoborg restore home/alice --at "2026-11-20 08:00"',
      meaning: "A directory as it was then",
    },
  ],
  "verify": [
    { command: "autoborg verify --files 100", meaning: "Read 100 files back and compare them" },
  ],
  "borg": [
    {
      command: "autoborg borg disk -- info",
      meaning: "Any command of Borg, with key and passphrase",
    },
    {
      command: "autoborg borg offsite -- key export",
      meaning: "Print a key, to keep it elsewhere",
    },
  ],
  "mount": [
    { command: "autoborg mount disk /mnt/archives", meaning: "Look into all archives" },
  ],
  "umount": [
    { command: "autoborg umount /mnt/archives", meaning: "Take the mount away again" },
  ],
  "recover": [
    { command: "autoborg recover", meaning: "After a power cut, without waiting for the next run" },
  ],
  "systemd": [
    {
      command: "autoborg systemd --write /etc/systemd/system",
      meaning: "Let systemd start a run every night",
    },
    {
      command: 'autoborg systemd --calendar "Mon..Fri 22:00"',
      meaning: "See what the units for another time would be",
    },
  ],
  "migrate": [
    {
      command: "autoborg migrate automated_borg_backup.py",
      meaning: "See what becomes of the script's settings",
    },
    {
      command: "autoborg migrate --write /etc/autoborg automated_borg_backup.py",
      meaning: "Write them, each passphrase to a file of its own",
    },
  ],
  "completions": [
    {
      command: "autoborg completions bash > /usr/share/bash-completion/completions/autoborg",
      meaning: "For everybody who uses bash",
    },
    {
      command: "autoborg completions zsh > /usr/local/share/zsh/site-functions/_autoborg",
      meaning: "For everybody who uses zsh",
    },
    {
      command: "autoborg completions fish > ~/.config/fish/completions/autoborg.fish",
      meaning: "For yourself, in fish",
    },
  ],
  "schema": [
    { command: "autoborg schema > autoborg.schema.json", meaning: "For an editor" },
  ],
} as const satisfies Record<string, readonly Example[]>;

/** The name of a verb, as it is typed. */
type VerbName = keyof typeof EXAMPLES;

/** What is said about a verb besides its examples. */
interface VerbDocs {
  /** One line, without a full stop. */
  readonly brief: string;
}

/**
 * Makes the text of a verb's `--help`.
 *
 * @param verb the verb's name, as it is typed
 * @param docs what is said about it
 * @returns the same with the examples below
 */
export function withExamples(verb: VerbName, docs: VerbDocs): VerbDocs & {
  readonly fullDescription: string;
} {
  const lines = EXAMPLES[verb].flatMap((
    { command, meaning },
  ) => [`  ${introduction(meaning)}`, `    ${command}`]);
  const heading = lines.length > 2 ? "EXAMPLES" : "EXAMPLE";
  return { ...docs, fullDescription: [docs.brief, "", heading, ...lines].join("\n") };
}

/**
 * What stands before an example.
 *
 * @param meaning what it does
 * @returns the same with a colon, unless it is a question
 */
export function introduction(meaning: string): string {
  return meaning.endsWith("?") ? meaning : `${meaning}:`;
}
