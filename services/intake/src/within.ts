/** Waits for an action, or rejects with `late()` after `limitMs`. What is under way goes on, and its end is ignored. */
export async function within<T>(limitMs: number, action: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([action, limit]);
  } finally {
    clearTimeout(timer);
  }
}
