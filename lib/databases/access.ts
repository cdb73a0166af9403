/**
 * How the programs of a database are let in: whom they run as, what they find in their environment, and
 * where their password is.
 *
 * A password is in a file that only the program's user can read, in a directory that only that user can
 * enter; it is neither among the arguments, which every user of the machine can list, nor in the
 * environment, which what the program starts would inherit. Nothing else is in the environment: what
 * autoborg tells Borg never reaches the program of a database, and the other way round.
 *
 * @module
 */
import { join } from "node:path";
import type { DatabaseEntry } from "../config/database_entry.ts";
import { AppError } from "../errors.ts";
import { type Account, findAccount } from "../files/accounts.ts";
import { makeScratchDirectory } from "../files/scratch_directory.ts";
import type { ProgramUser } from "../process/spawn.ts";
import { rootCommand } from "../text/own_command.ts";
import type { DumpContext } from "./dump_source.ts";

/** How programs are started that reach a database; disposing of it removes the file of the password. */
export interface Access extends AsyncDisposable {
  /** Absent: our own user. */
  readonly user?: ProgramUser;
  /** Their whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The file with the password, if there is one. */
  readonly file?: string;
}

/** Where every user can pass through, only root can write, and nothing outlives the next start. */
const OPEN = "/run";

/** The file of a password. */
interface PasswordFile {
  readonly name: string;
  readonly content: string;
}

/**
 * Makes what programs need to be let in.
 *
 * @param password the file that its programs read, if there is a password
 * @throws {AppError} when the user of `run_as` is missing, or can't be used
 */
export async function openAccess(
  entry: Pick<DatabaseEntry, "label" | "runAs">,
  context: Pick<DumpContext, "path" | "scratch">,
  password?: PasswordFile,
): Promise<Access> {
  const account = await accountOf(entry);
  const own = account ?? await findAccount(Deno.uid() ?? 0);
  const env = {
    ...(context.path === undefined ? {} : { PATH: context.path }),
    HOME: own?.home ?? "/",
    // Messages in the words that are looked for.
    LC_ALL: "C",
  };
  const isOther = account !== undefined && account.uid !== Deno.uid();
  const user = isOther ? { user: { uid: account.uid, gid: account.gid } } : {};
  if (password === undefined) return { env, ...user, async [Symbol.asyncDispose]() {} };
  // Another user can't enter the directory of the run.
  const directory = makeScratchDirectory(isOther ? OPEN : context.scratch, "autoborg-login-");
  const file = join(directory, password.name);
  try {
    await Deno.writeTextFile(file, password.content, { mode: 0o600, createNew: true });
    if (isOther) {
      for (const path of [file, directory]) await Deno.chown(path, account.uid, account.gid);
    }
  } catch (error) {
    await Deno.remove(directory, { recursive: true });
    throw error;
  }
  return {
    env,
    ...user,
    file,
    async [Symbol.asyncDispose]() {
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function accountOf(
  { label, runAs }: Pick<DatabaseEntry, "label" | "runAs">,
): Promise<Account | undefined> {
  if (runAs === undefined) return undefined;
  const account = await findAccount(runAs);
  if (account === undefined) {
    throw new AppError(`Cannot reach the databases "${label}": there is no user "${runAs}"`, {
      hint: `Check run_as of [[databases]] "${label}"`,
    });
  }
  const caller = Deno.uid();
  if (caller === 0 || caller === account.uid) return account;
  throw new AppError(
    `Cannot reach the databases "${label}" as "${runAs}": only root can act as another user`,
    { hint: `Run it as root: ${rootCommand("run")}` },
  );
}
