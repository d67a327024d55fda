import { setTimeout as pause } from 'node:timers/promises';

/** Something that runs beside us and may end by itself. */
export interface Runner {
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface KeepRunningOptions {
  readonly name: string;
  /** Starts it and resolves when it is ready; gives up where `signal` says so, and leaves nothing behind. */
  readonly begin: (signal: AbortSignal) => Promise<Runner>;
  /** Told that it ended and that it is back. */
  readonly say: (line: string) => void;
  /** The pause before the first restart, ms; doubled with each that follows at once. */
  readonly firstPauseMs?: number;
}

const mostPauseMs = 30_000;
/** Who has run for this long has come up, and begins with the first pause again. */
const steadyMs = 60_000;

/**
 * Starts something and starts it again whenever it ends: services exit on what they cannot mend themselves and leave the rest to
 * whoever supervises them. Rejects where the first start fails.
 */
export async function keepRunning({
  name,
  begin,
  say,
  firstPauseMs = 500,
}: KeepRunningOptions): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Runner | null = await begin(signal);
  let startedAt = performance.now();
  let endings = 0;
  const watching = (async () => {
    while (running !== null) {
      let how = await running.ended;
      const endedAt = performance.now();
      if (endedAt - startedAt > steadyMs) endings = 0;
      running = null;
      while (running === null && !signal.aborted) {
        const pauseMs = Math.min(firstPauseMs * 2 ** endings, mostPauseMs);
        endings += 1;
        say(`${name} ended (${how}); starting it again in ${pauseMs / 1_000} s`);
        await pause(pauseMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
        startedAt = performance.now();
        running = await begin(signal).catch((error: unknown) => {
          how = error instanceof Error ? error.message : String(error);
          return null;
        });
        if (running !== null) say(`${name} runs again, ${((performance.now() - endedAt) / 1_000).toFixed(1)} s later`);
      }
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running?.stop();
      await watching;
      // One that came up just as it was told not to.
      await running?.stop();
    },
  };
}
