import { formatInstant } from '@punctual/contracts';
import type { ClockView } from './clock-view.js';
import { formatDuration } from './format-duration.js';
import { reasonFor, targetNames } from './reasons.js';

/**
 * Where a clock stands and by how much, in one sentence for a support lead: "The first response (guaranteed) came 1h 30m of working time
 * after its deadline of 2026-03-03T08:30:00.000Z." Instants are ISO-8601 with `Z`. SLA-SEMANTICS §8.
 */
export function sayVerdict(clock: ClockView): string {
  const name = `The ${targetNames[clock.target]} (${clock.commitment}${clock.cycle > 1 ? `, cycle ${clock.cycle}` : ''})`;
  const late = clock.lateMs === null ? '' : formatDuration(clock.lateMs);
  const waived = clock.waived ? ' The breach is waived and does not count.' : '';
  const broken = clock.breachedAt === null ? null : formatInstant(clock.breachedAt);
  switch (clock.outcome) {
    case 'breached':
    case 'missed':
      return clock.phase === 'running' || clock.phase === 'paused'
        ? `${name} is owed since its deadline of ${broken}; ${late} of working time late so far.${waived}`
        : `${name} came ${late} of working time after its deadline of ${broken}.${waived}`;
    case 'met':
      return `${name} was kept with ${formatDuration(clock.remainingMs ?? 0)} of working time to spare.`;
    case 'measured':
      return `${name} took ${formatDuration(clock.elapsedMs)} of working time; nothing was promised but the measure.`;
    case 'running':
      return clock.dueAt === null
        ? `${name} is measured: ${formatDuration(clock.elapsedMs)} of working time so far.`
        : `${name} is due at ${formatInstant(clock.dueAt)}; ${formatDuration(clock.remainingMs ?? 0)} of working time left.`;
    case 'paused': {
      const left =
        clock.remainingMs === null ? '' : `; ${formatDuration(clock.remainingMs)} of working time left when it resumes`;
      return `${name} is paused: ${lower(reasonFor(clock.reason ?? 'paused', clock.target))}${left}.`;
    }
    case 'cancelled':
      return `${name} is no longer owed: ${lower(reasonFor(clock.reason ?? 'cancelled', clock.target))}.`;
  }
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
