/** Runs a task as soon as there is room for it; tasks start in the order in which they came. */
type Limiter = <T>(task: () => Promise<T>) => Promise<T>;

/** Lets a limited number of tasks run side by side. */
export function createLimiter(limit: number): Limiter {
  const waiting: (() => void)[] = [];
  let free = Math.max(1, limit);
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      // The place goes straight to the next one in the queue, or becomes free.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
