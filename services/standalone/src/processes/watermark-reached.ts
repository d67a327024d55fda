import { setTimeout as pause } from 'node:timers/promises';

const askEveryMs = 200;

/**
 * Resolves when an SLA clock has folded every partition up to a watermark later than `at` (epoch ms): all that any intake acknowledged
 * before it is folded then.
 */
export async function watermarkReached(
  url: string,
  partitions: number,
  at: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const askedAt = Date.now();
    const exposition = await fetch(`${url}/metrics`, { signal }).then(
      (response) => response.text(),
      // It may be starting again.
      () => '',
    );
    const ages = watermarkAges(exposition);
    if (ages.length === partitions && ages.every((age) => askedAt - age * 1_000 > at)) return;
    await pause(askEveryMs);
  }
}

/** How far the watermark of each partition lies behind the clock, seconds, out of a Prometheus exposition. */
export function watermarkAges(exposition: string): number[] {
  return [...exposition.matchAll(/^punctual_watermark_age_seconds\{[^}]*\} (\S+)$/gm)].map(([, age]) => Number(age));
}
