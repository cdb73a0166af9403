import { borgCommand } from "../text/own_command.ts";
import type { BorgRepository } from "./repository.ts";

/**
 * A command that lists the archives and accepts nothing: with an empty memory Borg knows nothing that
 * could be contradicted, and forgets it afterwards.
 */
export function lookWithoutMemory({ label }: BorgRepository): string {
  const forgetful = "BORG_SECURITY_DIR=$(mktemp -d) BORG_CACHE_DIR=$(mktemp -d)";
  return `"${forgetful} ${borgCommand(label, "list")}"`;
}
