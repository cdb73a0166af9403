/**
 * The seams at which a fault is put into the program: what it calls of the runtime. Each call is
 * wrapped once, before `main()` begins, and asks whether a fault waits for it.
 *
 * @module
 */
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What can be caught. The subject that a pattern is compared with is named behind it. */
export type Call =
  /** The path, as for all files. Those of a file that is open know it, too. */
  | "open"
  | "mkdir"
  | "rename"
  | "remove"
  | "chmod"
  | "lstat"
  | "realPath"
  | "readDir"
  | "readFile"
  | "write"
  | "sync"
  | "truncate"
  | "tryLock"
  /** `borg create …`: the program and its arguments. */
  | "spawn"
  /** The statement. */
  | "sql"
  /** `stdout` or `stderr`, a space, and the text. */
  | "print"
  /** The address. */
  | "fetch"
  /** The name of the signal. */
  | "signal"
  /** Nothing. */
  | "random"
  | "hostname"
  | "consoleSize";

/** A call that was caught. */
export interface Visit {
  /** How many calls of this fault there were, with this one. */
  readonly count: number;
  readonly args: readonly unknown[];
  /** Does what was called, with these arguments when they are given. */
  readonly proceed: (args?: readonly unknown[]) => unknown;
}

/** Does something else in the place of a call; what it throws the caller gets. */
export type Act = (visit: Visit) => unknown;

/** Errors of Linux as the runtime gives them. */
export type SystemError =
  | "EACCES"
  | "EAGAIN"
  | "EDQUOT"
  | "EEXIST"
  | "EINTR"
  | "EIO"
  | "ENOENT"
  | "ENOSPC"
  | "ENOTDIR"
  | "EPERM"
  | "EPIPE"
  | "EROFS"
  | "ESTALE";

const MESSAGES: Readonly<Record<SystemError, string>> = {
  EACCES: "Permission denied (os error 13)",
  EAGAIN: "Resource temporarily unavailable (os error 11)",
  EDQUOT: "Disk quota exceeded (os error 122)",
  EEXIST: "File exists (os error 17)",
  EINTR: "Interrupted system call (os error 4)",
  EIO: "Input/output error (os error 5)",
  ENOENT: "No such file or directory (os error 2)",
  ENOSPC: "No space left on device (os error 28)",
  ENOTDIR: "Not a directory (os error 20)",
  EPERM: "Operation not permitted (os error 1)",
  EPIPE: "Broken pipe (os error 32)",
  EROFS: "Read-only file system (os error 30)",
  ESTALE: "Stale file handle (os error 116)",
};

/** Classes that the runtime has for some of them. */
const CLASSES: Readonly<Partial<Record<SystemError, new (message: string) => Error>>> = {
  EACCES: Deno.errors.PermissionDenied,
  EPERM: Deno.errors.PermissionDenied,
  EAGAIN: Deno.errors.WouldBlock,
  EEXIST: Deno.errors.AlreadyExists,
  EINTR: Deno.errors.Interrupted,
  ENOENT: Deno.errors.NotFound,
  ENOTDIR: Deno.errors.NotADirectory,
  EPIPE: Deno.errors.BrokenPipe,
};

/** Makes an error as the runtime would. */
export function systemError(code: SystemError): Error {
  const error = new (CLASSES[code] ?? Error)(MESSAGES[code]);
  return Object.assign(error, { code });
}

interface Fault {
  readonly call: Call;
  readonly pattern: RegExp;
  readonly act: Act;
  count: number;
}

const faults: Fault[] = [];
const paths = new WeakMap<object, string>();

/**
 * Puts a fault where calls match.
 *
 * @param call which call
 * @param pattern what its subject must match
 * @param act what is done in its place
 */
export function on(call: Call, pattern: RegExp, act: Act): void {
  faults.push({ call, pattern, act, count: 0 });
}

/**
 * Lets calls fail.
 *
 * @param call which call
 * @param pattern what its subject must match
 * @param error what the caller gets
 * @param which from the how manieth call on, and how many of them; all when left out
 */
export function fail(
  call: Call,
  pattern: RegExp,
  error: SystemError | Error,
  which: { readonly from?: number; readonly times?: number } = {},
): void {
  const { from = 1, times = Infinity } = which;
  on(call, pattern, ({ count, proceed }) => {
    if (count < from || count >= from + times) return proceed();
    throw typeof error === "string" ? systemError(error) : error;
  });
}

/**
 * Lets calls never come back, as a file system does whose server is gone.
 *
 * @param call which call, one that can be awaited
 * @param pattern what its subject must match
 */
export function hang(call: Call, pattern: RegExp): void {
  on(call, pattern, () => new Promise(() => {}));
}

/**
 * Does something at the moment of a call, before it is made.
 *
 * @param call which call
 * @param pattern what its subject must match
 * @param action what is done at the first one
 */
export function at(call: Call, pattern: RegExp, action: () => void): void {
  on(call, pattern, ({ count, proceed }) => {
    if (count === 1) action();
    return proceed();
  });
}

/** Lines for `Scene.borgDoes()`: says that it is there, and waits until it may go on. */
export const WAIT: readonly string[] = [
  "trap 'exit 130' INT TERM",
  'touch "$place/waits"',
  // When the test fails nobody says "go", and the whole place is removed.
  'while [ ! -e "$place/go" ] && [ -e "$0" ]; do sleep 0.02; done',
];

/** Lets a Borg go on that waits for it, see {@linkcode WAIT}. */
export function letBorgGo(): void {
  const config = Deno.args.find((arg) => arg.startsWith("--config=")) ?? "";
  Deno.openSync(`${dirname(config.slice("--config=".length))}/go`, { write: true, create: true })
    .close();
}

/**
 * Calls a function after ticks of a timer, when the timers of the program have ticked as often.
 *
 * @param ticks how many
 * @param interval milliseconds, as the program has them
 * @param action what is done then
 */
export function afterTicks(ticks: number, interval: number, action: () => void): void {
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    if (count < ticks) return;
    clearInterval(timer);
    action();
  }, interval);
}

/** Throws where nobody catches, in a moment. */
export function throwUncaught(message: string): void {
  queueMicrotask(() => {
    throw new Error(message);
  });
}

/** Leaves a promise rejected that nobody looks at. */
export function rejectUnhandled(message: string): void {
  Promise.reject(new Error(message));
}

/** The run has begun: its log is open. */
let begun = false;

/** The report, when it is written down. */
const MAIL = /\/mail\/[^/]*\.eml/;

/**
 * Lets the time that is measured, and every timer, go faster, so that limits are over soon. The run
 * goes faster from its log on: what is loaded before takes its time on a busy machine. When the report
 * is written down it goes as usual again: the mail server is a real one.
 *
 * @param factor how many times
 * @param what `mail` when time goes faster from the report on alone
 * @returns lets it go as usual
 */
export function hurry(factor: number, what: "run" | "mail" = "run"): () => void {
  const start = () => {
    now = { factor, since: real(), shown: shown() };
  };
  const { setTimeout, setInterval } = globalThis;
  const real = performance.now.bind(performance);
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  let now = { factor: 1, since: real(), shown: real() };
  const shown = () => now.shown + (real() - now.since) * now.factor;
  const faster = (original: Callable) => (callback: unknown, delay: unknown, ...rest: unknown[]) =>
    original(callback, Number(delay ?? 0) / now.factor, ...rest);
  replace(globalThis, "setTimeout", faster(callable(setTimeout)));
  replace(globalThis, "setInterval", faster(callable(setInterval)));
  replace(performance, "now", shown);
  replace(AbortSignal, "timeout", (delay: number) => timeout(Math.ceil(delay / now.factor)));
  const calm = () => {
    now = { factor: 1, since: real(), shown: shown() };
  };
  if (what === "mail") {
    at("open", MAIL, start);
    return calm;
  }
  // The clock on the wall keeps up: on a busy machine it would seem to have been set back.
  let isFast = false;
  setWall(() => isFast ? shown() - real() : 0);
  const begin = () => {
    isFast = true;
    start();
  };
  const end = () => {
    isFast = false;
    calm();
  };
  if (begun) begin();
  else at("open", /\/logs\/web-/, begin);
  at("open", MAIL, end);
  return end;
}

/** A clock that somebody can set. */
export interface Clock {
  /** Sets it forward, or back. */
  step(milliseconds: number): void;
}

/** Makes the clock of the wall one that can be set, as NTP or a person does. */
export function adjustableClock(): Clock {
  let offset = 0;
  setWall(() => offset);
  return { step: (milliseconds) => offset += milliseconds };
}

/** Lets the clock of the wall differ from what it is, by milliseconds. */
function setWall(difference: () => number): void {
  const Real = globalThis.Date;
  const now = () => Real.now() + Math.round(difference());
  const Adjustable = new Proxy(Real, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key) => key === "now" ? now : Reflect.get(target, key),
  });
  replace(globalThis, "Date", Adjustable);
}

/** Wraps everything; called once, before the program is loaded. */
export function wrapEverything(): void {
  at("open", /\/logs\/web-/, () => begun = true);
  const byPath = (_: object, [path]: readonly unknown[]) => String(path);
  const files: readonly (readonly [Call, ...string[]])[] = [
    ["mkdir", "mkdir", "mkdirSync"],
    ["rename", "rename", "renameSync"],
    ["remove", "remove", "removeSync"],
    ["chmod", "chmod", "chmodSync"],
    ["lstat", "lstat", "lstatSync"],
    ["realPath", "realPath", "realPathSync"],
    ["readDir", "readDirSync"],
    ["readFile", "readTextFile", "readTextFileSync", "readFile", "readFileSync"],
  ];
  for (const [call, ...names] of files) for (const name of names) wrap(Deno, name, call, byPath);
  wrapOpening();
  wrapReadDir();
  const ofFile = (self: object) => paths.get(self) ?? "";
  for (
    const [call, name] of [["write", "write"], ["sync", "sync"], ["truncate", "truncate"]] as const
  ) {
    wrap(Deno.FsFile.prototype, name, call, ofFile);
    wrap(Deno.FsFile.prototype, `${name}Sync`, call, ofFile);
  }
  wrap(Deno.FsFile.prototype, "tryLock", "tryLock", ofFile);
  wrap(DatabaseSync.prototype, "exec", "sql", byPath);
  wrap(DatabaseSync.prototype, "prepare", "sql", byPath);
  for (const name of ["stdout", "stderr"] as const) {
    const said = (_: object, [bytes]: readonly unknown[]) =>
      `${name} ${bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : ""}`;
    wrap(Deno[name], "writeSync", "print", said);
    wrap(Deno[name], "write", "print", said);
  }
  wrap(globalThis, "fetch", "fetch", byPath);
  wrap(Deno, "addSignalListener", "signal", byPath);
  wrap(crypto, "getRandomValues", "random", () => "");
  wrap(Deno, "hostname", "hostname", () => "");
  wrap(Deno, "consoleSize", "consoleSize", () => "");
  wrapCommands();
}

type Callable = (...args: unknown[]) => unknown;

function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}

function callable(value: unknown): Callable {
  if (isCallable(value)) return value;
  throw new Error(`expected a function, found ${typeof value}`);
}

function replace(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
}

function wrap(
  owner: object,
  name: string,
  call: Call,
  subjectOf: (self: object, args: readonly unknown[]) => string,
): void {
  const original = callable(Reflect.get(owner, name));
  const isAsync = owner === Deno || owner === Deno.FsFile.prototype
    ? !/Sync$|^hostname$|^consoleSize$|^addSignalListener$/.test(name)
    : name === "fetch" || name === "write";
  replace(owner, name, function (this: object, ...args: unknown[]): unknown {
    const make = (given: readonly unknown[]) => Reflect.apply(original, this, [...given]);
    // What can be awaited gives its errors to those who wait.
    return isAsync
      ? Promise.resolve().then(() => visit(call, subjectOf(this, args), args, make))
      : visit(call, subjectOf(this, args), args, make);
  });
}

/** Asks all faults, the first one first; each of them may let the next one answer. */
function visit(
  call: Call,
  subject: string,
  args: readonly unknown[],
  make: (args: readonly unknown[]) => unknown,
): unknown {
  const waiting = faults.filter((fault) => fault.call === call && fault.pattern.test(subject));
  const ask = (index: number, given: readonly unknown[]): unknown => {
    const fault = waiting[index];
    if (fault === undefined) return make(given);
    fault.count += 1;
    const { count } = fault;
    return fault.act({ count, args: given, proceed: (next = given) => ask(index + 1, next) });
  };
  return ask(0, args);
}

function wrapOpening(): void {
  const { open, openSync } = Deno;
  const make = (given: readonly unknown[], original: Callable) =>
    Reflect.apply(original, Deno, [...given]);
  const remember = (file: unknown, path: unknown) => {
    if (typeof file === "object" && file !== null) paths.set(file, String(path));
    return file;
  };
  const openAny: Callable = (...args) => Reflect.apply(open, Deno, args);
  const openAnySync: Callable = (...args) => Reflect.apply(openSync, Deno, args);
  replace(Deno, "open", async (...args: unknown[]) => {
    const opened = visit("open", String(args[0]), args, (given) => make(given, openAny));
    return remember(await opened, args[0]);
  });
  replace(Deno, "openSync", (...args: unknown[]) => {
    const opened = visit("open", String(args[0]), args, (given) => make(given, openAnySync));
    return remember(opened, args[0]);
  });
}

/** The runtime throws while the entries are read, not before. */
function wrapReadDir(): void {
  const { readDir } = Deno;
  replace(Deno, "readDir", (path: string | URL) => {
    async function* entries() {
      await visit("readDir", String(path), [path], () => undefined);
      yield* readDir(path);
    }
    return entries();
  });
}

function wrapCommands(): void {
  const { Command } = Deno;
  replace(
    Deno,
    "Command",
    class extends Command {
      readonly #line: string;
      constructor(program: string | URL, options?: Deno.CommandOptions) {
        super(program, options);
        this.#line = [String(program), ...(options?.args ?? [])].join(" ");
      }
      override spawn(): Deno.ChildProcess {
        const child = visit("spawn", this.#line, [], () => super.spawn());
        if (child instanceof Deno.ChildProcess) return child;
        throw new Error(`expected a child process for ${this.#line}`);
      }
    },
  );
}
