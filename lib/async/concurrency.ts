/** Several things at the same time, and one thing once. @module */

/**
 * Waits for all of several things, then throws what the first one that failed threw: nothing is
 * still going on behind the back of the clean-up that follows.
 */
export async function settleAll<T>(promises: Iterable<Promise<T>>): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/** How many items are worked on at the same time. */
const WIDTH = 16;

/** Does something for each of many items, a few at a time. */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lanes = Array.from({ length: Math.min(WIDTH, items.length) }, async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  });
  await settleAll(lanes);
  return results;
}

/**
 * Makes a function that does its work when it is first called, and gives the same result ever after.
 */
export function once<T>(work: () => T): () => T {
  let done: { readonly result: T } | undefined;
  return () => (done ??= { result: work() }).result;
}

/** Lets a limited number of tasks run side by side. */
interface Limiter {
  /** Runs a task as soon as there is room for it; tasks start in the order in which they came. */
  <T>(task: () => Promise<T>): Promise<T>;
  /**
   * Waits for something in the midst of a task, whose place others may have meanwhile. It goes on
   * before tasks that have not begun.
   */
  outside<T>(wait: () => Promise<T>): Promise<T>;
}

/** Lets a limited number of tasks run side by side. */
export function createLimiter(limit: number): Limiter {
  const waiting: (() => void)[] = [];
  let free = Math.max(1, limit);
  const enter = async (queue: (wake: () => void) => void) => {
    if (free > 0) free -= 1;
    else await new Promise<void>(queue);
  };
  const leave = () => {
    // The place goes straight to the next one in the queue, or becomes free.
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const run = async <T>(task: () => Promise<T>): Promise<T> => {
    await enter((wake) => waiting.push(wake));
    try {
      return await task();
    } finally {
      leave();
    }
  };
  const outside = async <T>(wait: () => Promise<T>): Promise<T> => {
    leave();
    try {
      return await wait();
    } finally {
      await enter((wake) => waiting.unshift(wake));
    }
  };
  return Object.assign(run, { outside });
}
