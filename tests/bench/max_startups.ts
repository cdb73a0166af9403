/**
 * Twenty clients back up to one server in the same moment, whose sshd has MaxStartups 10:30:60, the
 * default: how many get through with one attempt, and how many when the failed step is tried again?
 *
 *     deno run -A tests/bench/max_startups.ts [CLIENTS [MAX_STARTUPS]]
 *
 * @module
 */
import { join } from "node:path";
import { copyEmptyRepository } from "../e2e/empty_repository.ts";
import { passphraseOf, Place, QUICK, repository } from "../e2e/place.ts";
import { SshServer } from "../e2e/sshd.ts";

const CLIENTS = Number(Deno.args[0] ?? 20);
const MAX_STARTUPS = Deno.args[1] ?? "10:30:60";

/** Runs all clients once; returns a word for each. */
async function night(waits: readonly string[]): Promise<readonly string[]> {
  const directory = await Deno.makeTempDir({ prefix: "autoborg-bench-" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const server = stack.use(
    await SshServer.start(directory, { options: { MaxStartups: MAX_STARTUPS } }),
  );
  const places: Place[] = [];
  for (let client = 1; client <= CLIENTS; client += 1) {
    const label = `client${client}`;
    await copyEmptyRepository(join(directory, `${label}.borg`), passphraseOf(label));
    const table = repository(label, { ...server.repository(label), retry: { waits } });
    places.push(stack.use(await Place.make({ ...QUICK, repositories: [table] })));
  }
  return await Promise.all(places.map(async (place) => {
    const skip = "--skip=verify,check,prune,compact";
    const { code, stderr } = await place.autoborg("run", "--progress=none", skip);
    if (code !== 0) {
      return stderr.includes("refusing connections") ? "refused" : `failed: ${stderr}`;
    }
    return `ok at attempt ${/(?:ok|warning) at the (\d+)/.exec(stderr)?.[1] ?? "1"}`;
  }));
}

/** Writes a line. */
function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

for (const waits of [[], ["2s", "4s", "8s"]]) {
  const results = await night(waits);
  const counts = Map.groupBy(results, (word) => word);
  print(`MaxStartups ${MAX_STARTUPS}, waits = ${JSON.stringify(waits)}`);
  for (const [word, { length }] of [...counts].toSorted()) print(`  ${length} ${word}`);
}
