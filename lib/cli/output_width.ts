/** How many columns standard output has; what is not a terminal is as wide as it needs to be. */
export function outputWidth(): number {
  if (!Deno.stdout.isTerminal()) return Infinity;
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
