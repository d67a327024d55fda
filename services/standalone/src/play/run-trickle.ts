import type { SampleWeek } from '../sample/sample-week.js';
import { trickle } from '../sample/trickle.js';
import { Random } from '../sample/random.js';
import type { IntakeClient } from './intake-client.js';

/** Between two events, ms. */
const LEAST_PAUSE = 1_500;
const MOST_PAUSE = 6_000;

/**
 * Goes on with the sample until stopped: an event every few seconds, dated when it is sent. An event that intake does not take is told
 * to `onFault`, and the next one is tried.
 */
export function runTrickle(
  intake: IntakeClient,
  unfinished: SampleWeek['unfinished'],
  onFault: (message: string) => void,
): { stop(): Promise<void> } {
  const startedAt = Date.now();
  const next = trickle({ startedAt, unfinished });
  const random = new Random(String(startedAt));
  let timer: NodeJS.Timeout | undefined;
  let sending = Promise.resolve();
  let stopped = false;
  const schedule = (): void => {
    if (stopped) return;
    timer = setTimeout(
      () => {
        sending = intake
          .postEvents([next(Date.now())])
          .catch((error: unknown) => onFault(error instanceof Error ? error.message : String(error)))
          .then(schedule);
      },
      random.whole(LEAST_PAUSE, MOST_PAUSE),
    );
  };
  schedule();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await sending;
    },
  };
}
