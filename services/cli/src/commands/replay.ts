import { setTimeout as sleep } from 'node:timers/promises';
import { formatInstant, parseInstant, type Instant } from '@punctual/contracts';
import { readHistory } from '../history/read-history.js';
import { reportProblems } from '../history/report-problems.js';
import { readPolicy } from '../policy/read-policy.js';
import type { ExitCode } from '../program.js';
import { inTimeOrder, nextBatch } from '../replay/event-batches.js';
import { IntakeClient } from '../replay/intake-client.js';
import { instantOption } from '../terminal/instant-option.js';
import { progressOf } from '../terminal/progress.js';
import { UserError } from '../user-error.js';

export interface ReplayOptions {
  readonly events: string;
  readonly to: string;
  readonly policy?: string;
  readonly speed?: string;
  readonly until?: string;
  readonly end?: boolean;
}

/** How often time is declared to move while a paced replay waits for its next event, ms. */
const TICK_MS = 500;

/**
 * Plays a history through a running intake as a historical session of each of its sources: events in the order of time, progress
 * declared after every batch. The sessions stay open unless `--end`, because afterwards time would jump to now.
 */
export async function replay(options: ReplayOptions): Promise<ExitCode> {
  const until = instantOption('--until', options.until);
  const speed = speedOf(options.speed);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const client = new IntakeClient(options.to, process.env['PUNCTUAL_TOKEN'] || undefined, (why, waitMs) =>
    say(`${options.to}: ${why}, trying again in ${(waitMs / 1000).toFixed(1)} s`),
  );
  const policy = options.policy === undefined ? null : await readPolicy(options.policy);
  const history = await readHistory(options.events);
  if (reportProblems(options.events, history)) {
    throw new UserError('nothing was sent, because some lines are no events', {
      where: options.events,
      fix: 'mend or remove the lines above',
    });
  }
  const events = inTimeOrder(history);
  const first = events[0];
  if (!first) throw new UserError('there are no events to replay', { where: options.events });

  const sources = [...new Set(history.tickets.map(({ source }) => source))];
  if (policy) await client.publishPolicy(policy.policy.id, policy.yaml);
  const declared = new Map<string, Instant>();
  for (const source of sources) {
    if (policy) await client.setSourcePolicy(source, policy.policy.id);
    const { at } = await client.beginSession(source);
    const standing = at === null ? null : parseInstant(at);
    if (standing === null) continue;
    declared.set(source, standing);
    say(`${source}: a session is open at ${at}; it goes on from there`);
  }
  const declare = async (at: Instant): Promise<void> => {
    for (const source of sources) {
      if (at <= (declared.get(source) ?? -Infinity)) continue;
      await client.declareProgress(source, at);
      declared.set(source, at);
    }
  };

  const progress = await progressOf('replaying', events.length, 'events');
  const startedAt = performance.now();
  const now = (): Instant => (speed === null ? Infinity : first.occurredAt + (performance.now() - startedAt) * speed);
  let [sent, batches] = [0, 0];
  while (sent < events.length) {
    const batch = nextBatch(events, sent, now());
    if (batch === null) {
      await sleep(TICK_MS);
      const next = events[sent]?.occurredAt ?? Infinity;
      await declare(Math.floor(Math.min(now(), next - 1)));
      continue;
    }
    await client.sendEvents(batch.json);
    sent += batch.events.length;
    batches++;
    await declare(batch.sentUpTo);
    progress.update(sent);
  }
  progress.stop();
  if (until !== null) await declare(until);
  const seconds = (performance.now() - startedAt) / 1000;
  say(
    `${sent} events of ${history.tickets.length} tickets in ${batches} batch${batches === 1 ? '' : 'es'}, ${seconds.toFixed(1)} s (${Math.round(sent / Math.max(seconds, 0.001))} events/s)`,
  );
  await finish(client, sources, declared, options.end === true, say);
  return 0;
}

async function finish(
  client: IntakeClient,
  sources: readonly string[],
  declared: ReadonlyMap<string, Instant>,
  end: boolean,
  say: (text: string) => void,
): Promise<void> {
  for (const source of sources) {
    const at = declared.get(source);
    if (end) {
      await client.endSession(source);
      say(`${source}: the session has ended, the source is live: its time is now the wall clock's`);
    } else {
      say(
        `${source}: the session stays open${at === undefined ? '' : ` at ${formatInstant(at)}`}; --end ends it, which brings its time to now`,
      );
    }
  }
}

function speedOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const speed = Number(text);
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new UserError(`--speed '${text}' is no pace`, {
    where: '--speed',
    fix: 'write how many times the original pace, such as 3600',
  });
}
