/**
 * Waiting for what may hang.
 *
 * @module
 */

/**
 * Waits for a promise, but not for ever.
 *
 * @param limit milliseconds
 * @throws {Error} when it takes longer
 */
export async function inTime<T>(promise: Promise<T>, limit: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${limit / 1_000} seconds`)),
      limit,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
