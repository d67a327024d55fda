import type { Instant } from '@punctual/contracts';
import type { SampleWeek } from '../sample/sample-week.js';
import { RefusedRequest, type IntakeClient } from './intake-client.js';

/** Some 250 KB: well below what intake takes at once. */
const BATCH = 500;

export interface PlayOptions {
  readonly onProgress: (done: number, total: number) => void;
  /** Awaited between the last progress and the end of the sessions. */
  readonly beforeEnd: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Plays the sample through intake as a helpdesk's export would be: one historical session a company, events in time order, after each
 * batch the word how far time has come, at last the end of the sessions, from when on the companies are live. Playing the same sample
 * again after it was cut off goes on where it stopped: events that arrive twice count once.
 */
export async function playSample(
  week: SampleWeek,
  now: Instant,
  intake: IntakeClient,
  { onProgress, beforeEnd, signal }: PlayOptions,
): Promise<void> {
  const sources = week.companies.map((company) => company.source);
  for (const { source, policy } of week.companies) {
    await intake.setPolicy(source, policy);
    await intake.beginSession(source);
  }
  for (let start = 0; start < week.events.length; start += BATCH) {
    signal.throwIfAborted();
    const batch = week.events.slice(start, start + BATCH);
    await intake.postEvents(batch);
    const next = week.events[start + BATCH];
    // Events of the next batch may share the instant of this one's last.
    const at = next === undefined ? now : Math.min(batch.at(-1)?.occurredAt ?? now, next.occurredAt - 1);
    for (const source of sources) await declare(intake, source, at);
    onProgress(Math.min(start + BATCH, week.events.length), week.events.length);
  }
  await beforeEnd();
  for (const source of sources) await intake.endSession(source);
}

/** A play that goes on after it was cut off has declared a later time already. */
async function declare(intake: IntakeClient, source: string, at: Instant): Promise<void> {
  try {
    await intake.progress(source, at);
  } catch (error) {
    if (!(error instanceof RefusedRequest && error.code === 'progress_backwards')) throw error;
  }
}
