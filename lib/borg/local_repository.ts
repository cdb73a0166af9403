/** Repositories on this machine, told apart from other directories. @module */
import { join } from "node:path";
import { textOrNothing } from "../files/quick_looks.ts";

/** Says whether a directory is a repository: Borg writes these files into every one. */
export async function isRepository(path: string, names: ReadonlySet<string>): Promise<boolean> {
  if (!["README", "config", "data"].every((name) => names.has(name))) return false;
  const text = await Deno.readTextFile(join(path, "README")).catch(() => "");
  return OF_BORG.test(text);
}

/** Finds the first repository among the directories in a directory. */
export function repositoryInside(path: string): string | undefined {
  try {
    const directories = [...Deno.readDirSync(path)].filter(({ isDirectory }) => isDirectory);
    return directories.map(({ name }) => join(path, name)).toSorted().find((inner) =>
      OF_BORG.test(textOrNothing(join(inner, "README")))
    );
  } catch {
    return undefined;
  }
}

const OF_BORG = /^This is a Borg (?:Backup )?repository/i;
