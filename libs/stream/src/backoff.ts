/** Exponential backoff with full jitter: some wait between half and the whole of `base · 2^(attempt − 1)`, at most `max`; ms. */
export function backoffMs(attempt: number, base: number, max: number, random: () => number = Math.random): number {
  const whole = Math.min(max, base * 2 ** Math.min(attempt - 1, 30));
  return Math.round(whole / 2 + (random() * whole) / 2);
}

/** Waits `ms`, or less where `signal` is aborted; never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
