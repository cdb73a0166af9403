/**
 * What a service that carries messages is: data from which a request is made. One message says the
 * same to all of them; a service gives it its own form. Pure.
 *
 * @module
 */

/** How bad it is. */
type MessageState = "ok" | "warning" | "failed";

/** One line of a message. */
export interface MessageLine {
  /** What it is about, such as "offsite create" or "hint"; empty when it stands for itself. */
  readonly label: string;
  readonly text: string;
}

/** What every service is told. All texts are printable and free of secrets; it can be JSON. */
export interface ChannelMessage {
  /** Tells the message from all others: letters, digits, dots and hyphens. */
  readonly id: string;
  readonly event: "run" | "refused" | "status" | "test";
  readonly state: MessageState;
  /** The name of the series. */
  readonly name: string;
  readonly hostname: string;
  /** Eight hexadecimal digits; `null`: it is about no run. */
  readonly runId: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What the program ended with; 0 when the backup was made. */
  readonly exitCode: number;
  /** Such as "[FAILED] web on host". */
  readonly title: string;
  readonly lines: readonly MessageLine[];
  /** Where the page of the backups is. */
  readonly link: string | null;
  /** The end of the log, for services that keep it. */
  readonly log: string | null;
  /** The shapes of docs/reference/json.md. */
  readonly run: unknown;
  readonly status: unknown;
}

/** What the channel of `[ping]` is called in reports and on the command line. */
export const PING_LABEL = "ping";

/** A run that begins. */
export interface RunBeginning {
  /** Eight hexadecimal digits. */
  readonly runId: string;
  /** A line about it. */
  readonly text: string;
}

/** Where a message goes; the values are secrets. */
export interface Target {
  readonly url: string;
  readonly token: string | undefined;
  readonly chat: string | undefined;
  readonly room: string | undefined;
  readonly method: string | undefined;
  /** Each as "Name: value". */
  readonly headers: readonly string[];
  readonly body: string | undefined;
}

/** One request of HTTP. */
export interface ServiceRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How lines become the text of a service. */
export interface TextStyle {
  /** Makes a text from outside harmless. */
  escape(text: string): string;
  /** Puts a line together of escaped texts; the label may be empty. */
  line(label: string, text: string): string;
  /** What stands between two lines. */
  readonly separator: string;
}

/** How long a text may be. */
export interface TextLimit {
  readonly most: number;
  readonly unit: "bytes" | "characters";
  /** How many lines it may have; any number when left out. */
  readonly lines?: number;
}

/** Keys of `[[notify]]` that only some kinds have. */
export const OWN_KEYS = ["url", "token", "chat", "room", "method", "headers", "body"] as const;

/** One of them. */
export type OwnKey = typeof OWN_KEYS[number];

/** A service. */
export interface Service {
  /** Its name, for people. */
  readonly title: string;
  /** The page of its documentation that describes the request and its answers. */
  readonly documentation: string;
  /** Which keys it has, and which it cannot do without. */
  readonly keys: Readonly<Partial<Record<OwnKey, "required" | "optional">>>;
  /** What `url` is when it is not set. */
  readonly defaultUrl?: string;
  /** Whether it stands for a state of now, so that a message that comes late would be wrong. */
  readonly isHeartbeat: boolean;
  /** When it hears of a run unless `when` is set. */
  readonly when: "always" | "changes";
  readonly style: TextStyle;
  readonly limit: TextLimit;
  /** The key that is to be changed when the service refuses with a status of HTTP. */
  readonly blame: Readonly<Record<number, OwnKey>>;
  /** Makes the request. `text` is the message in the service's own form. */
  request(target: Target, message: ChannelMessage, text: string, now: Date): ServiceRequest;
  /** Makes the request that says that a run begins, where a service knows such a thing. */
  readonly start?: (target: Target, beginning: RunBeginning) => ServiceRequest;
  /** Whether an answer with a good status says that the message was taken. */
  isTaken(body: string): boolean;
}
