import type { z } from "zod";
import type { Problem } from "./problem.ts";
import { ConfigError } from "./config_error.ts";
/** x */
export function explain(
  path: string,
  _text: string,
  _document: unknown,
  issues: readonly z.core.$ZodIssue[],
  problems: readonly Problem[],
): ConfigError {
  return new ConfigError(
    [path, ...issues.map((i) => i.path.join(".") + i.message), ...problems.map((p) => p.message)]
      .join("\n"),
  );
}
