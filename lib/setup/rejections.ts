/** Judges the answers of a person as the configuration would. @module */
import { isAbsolute, resolve } from "node:path";
import { configSchema } from "../config/config_schema.ts";
import { repositorySchema } from "../config/repository_schema.ts";
import { path as pathSchema, sourcePlace } from "../config/values.ts";
import { isDatasetName } from "../zfs/dataset_names.ts";
import { localPath } from "./repository_place.ts";

interface Parser {
  safeParse(text: string): { error?: { issues: readonly { message: string }[] } | undefined };
}

function rejectionOf(schema: Parser, text: string): string | undefined {
  const [issue] = schema.safeParse(text).error?.issues ?? [];
  if (issue === undefined) return undefined;
  return issue.message.startsWith("expected") ? issue.message : `expected ${issue.message}`;
}

/** Says why a text can't be a name; `undefined`: it can. */
export function rejectName(text: string): string | undefined {
  return rejectionOf(configSchema.shape.name, text);
}

/** Says why a text can't be a label; `undefined`: it can. */
export function rejectLabel(text: string): string | undefined {
  return rejectionOf(repositorySchema.shape.label, text);
}

/** Says why a text can't be a path; `undefined`: it can. */
export function rejectPath(text: string): string | undefined {
  const reason = rejectionOf(pathSchema(), text);
  if (reason !== undefined) return reason;
  return isAbsolute(text) ? undefined : `expected an absolute path, such as "${resolve(text)}"`;
}

/** Says why a text can't be a source; `undefined`: it can. */
export function rejectSource(text: string): string | undefined {
  if (/^\/+$/.test(text)) {
    return 'expected directories such as /etc and /home: "/" needs one_file_system = true in the file';
  }
  return rejectPath(text) ?? rejectionOf(sourcePlace(), text);
}

/** Says why a text can't be the name of a dataset; `undefined`: it can. */
export function rejectDataset(text: string): string | undefined {
  return isDatasetName(text) ? undefined : 'expected the name of a dataset, such as "tank/data"';
}

/** Says why a text can't be the url of a repository; `undefined`: it can. */
export function rejectUrl(text: string): string | undefined {
  const reason = rejectionOf(repositorySchema.shape.url, text);
  if (reason !== undefined) return reason;
  const path = localPath(text);
  return path === undefined || isAbsolute(path)
    ? undefined
    : 'expected an absolute path or "ssh://user@host/path"';
}
