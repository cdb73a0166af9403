import assert from "node:assert/strict";
import fc from "fast-check";
import { createLimiter } from "../../lib/async/concurrency.ts";

/** Lets everything go on that can. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("createLimiter() never lets more tasks run than its limit, and runs them all", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.boolean()),
      async (most, fails) => {
        const limit = createLimiter(most);
        let running = 0;
        let done = 0;
        const tasks = fails.map((fail) =>
          limit(async () => {
            running += 1;
            assert.ok(running <= most);
            await settle();
            running -= 1;
            done += 1;
            if (fail) throw new Error("failed");
          })
        );
        const results = await Promise.allSettled(tasks);
        assert.equal(done, fails.length);
        assert.deepEqual(results.map(({ status }) => status === "rejected"), fails);
      },
    ),
  );
});

Deno.test("createLimiter() starts tasks in the order in which they came", async () => {
  const limit = createLimiter(2);
  const order: number[] = [];
  await Promise.all([0, 1, 2, 3, 4].map((task) =>
    limit(async () => {
      order.push(task);
      await settle();
    })
  ));
  assert.deepEqual(order, [0, 1, 2, 3, 4]);
});

Deno.test("createLimiter() gives the place of a task that waits to others, and then goes on with it first", async () => {
  const limit = createLimiter(1);
  const order: string[] = [];
  const waited = Promise.withResolvers<void>();
  const first = limit(async () => {
    order.push("first");
    await limit.outside(() => waited.promise);
    order.push("first again");
  });
  const second = limit(async () => {
    order.push("second");
    waited.resolve();
    // The first one asks for its place now.
    await new Promise((resolve) => setTimeout(resolve));
    order.push("second ends");
  });
  const third = limit(() => Promise.resolve(void order.push("third")));
  await Promise.all([first, second, third]);
  assert.deepEqual(order, ["first", "second", "second ends", "first again", "third"]);
});

Deno.test("createLimiter() lets at least one task run, whatever the limit", async () => {
  assert.equal(await createLimiter(0)(() => Promise.resolve("done")), "done");
});
