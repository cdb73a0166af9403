/**
 * Markdown as `deno fmt` leaves it.
 *
 * @module
 */

/**
 * Writes a table.
 *
 * @param heads the headings of the columns
 * @param rows the cells
 */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/**
 * Formats a page.
 *
 * @param text the page
 * @returns the same, as `deno fmt` wants it
 */
export async function formatMarkdown(text: string): Promise<string> {
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", `--config=${config}`, "--ext=md", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format a page: deno fmt failed");
  return new TextDecoder().decode(stdout);
}
