export interface Progress {
  update(done: number): void;
  stop(): void;
}

const silent: Progress = { update: () => undefined, stop: () => undefined };

/** Work shorter than this shows no bar. */
const SHOW_AFTER_MS = 500;

/** A bar on standard error, where that is a terminal and the work takes long; `total` null shows none. */
export async function progressOf(what: string, total: number | null, unit: 'bytes' | 'events'): Promise<Progress> {
  if (!process.stderr.isTTY || total === null || total === 0) return silent;
  const { default: cliProgress } = await import('cli-progress');
  const shown = (value: number): string => (unit === 'bytes' ? `${(value / 1_000_000).toFixed(1)} MB` : String(value));
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: `${what} {bar} {percentage}%  {value} of {total}`,
    formatValue: (value, _options, type) => (type === 'value' || type === 'total' ? shown(value) : String(value)),
    hideCursor: true,
    clearOnComplete: true,
    barsize: 30,
  });
  const startAt = performance.now() + SHOW_AFTER_MS;
  let started = false;
  return {
    update(done) {
      if (!started && performance.now() < startAt) return;
      if (!started) {
        started = true;
        bar.start(total, done);
      }
      bar.update(Math.min(done, total));
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
