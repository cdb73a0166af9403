/**
 * Makes sure that what `migrate` prints is a configuration that autoborg accepts.
 *
 * @module
 */
import { parse } from "smol-toml";
import { checkDocument } from "../config/checks.ts";
import { asArray, asTable, formatPath } from "../config/config_problem.ts";
import { configSchema } from "../config/config_schema.ts";
import { findSecrets } from "../config/secrets.ts";
import { SURROUNDINGS } from "./paths.ts";

/** What a configuration can't do without and what nobody can make up. */
export type Lacking = "repositories" | "sources";

/** Stand in for what is lacking. */
const STAND_INS = {
  repositories: { repositories: [{ label: "x", url: "/x", passphrase: "x" }] },
  sources: { sources: { directories: ["/x"] } },
} as const;

/**
 * Checks a configuration as `autoborg check-config` does, but for what depends on the machine: the
 * files that it refers to may be elsewhere.
 *
 * @param text the configuration
 * @param lacking what is known to be missing in it
 * @throws {Error} when it would be refused: whoever wrote it made a mistake
 */
export async function verify(text: string, lacking: ReadonlySet<Lacking>): Promise<void> {
  const document = withoutFiles(parse(text), lacking);
  const issues = configSchema.safeParse(document).error?.issues ?? [];
  const problems = [
    ...issues.map(({ path, message }) => ({ path: path.map(String), message })),
    ...checkDocument(document, SURROUNDINGS),
    ...(await findSecrets(document, SURROUNDINGS)).problems,
  ];
  if (problems.length === 0) return;
  const listed = problems.map(({ path, message }) => `${formatPath(path)}: ${message}`).join("; ");
  throw new Error(`The configuration would be refused: ${listed}`);
}

/** The document with secrets in the place of files with secrets, which are not read here. */
function withoutFiles(document: object, lacking: ReadonlySet<Lacking>): object {
  const table = asTable(document) ?? {};
  const mail = asTable(table.mail);
  return {
    ...table,
    ...(mail === undefined ? {} : { mail: inline(mail, "password") }),
    repositories: asArray(table.repositories).map((item) => {
      return inline(asTable(item) ?? {}, "passphrase");
    }),
    ...(lacking.has("repositories") ? STAND_INS.repositories : {}),
    ...(lacking.has("sources") ? STAND_INS.sources : {}),
  };
}

function inline(table: Readonly<Record<string, unknown>>, key: string): object {
  const { [`${key}_file`]: file, ...rest } = table;
  return file === undefined ? rest : { ...rest, [key]: "x" };
}
