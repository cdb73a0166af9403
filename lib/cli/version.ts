import manifest from "../../deno.json" with { type: "json" };

/** The version of this program, from `deno.json`. */
export const VERSION: string = manifest.version;
