import { decidePriorities, toPriorityInput, withAskedInText } from '@punctual/classification';
import { horizonOf, withoutText, type SlaEvent, type TicketEvent } from '@punctual/contracts';
import { compilePolicy, loadPolicy, resolvePolicy } from '@punctual/policy';
import { foldTicket, netSayings, type Draft, type FoldedFromStart } from '@punctual/sla-engine';
import { policyText, SOURCE } from './ticket-load.js';

const { document } = loadPolicy(policyText, 'seconds.policy.yaml');
if (document === null) throw new Error('seconds.policy.yaml has errors');
const policy = compilePolicy(resolvePolicy(document));

/** How late an event may come and still count as in time, ms. */
export const { settleMs } = policy;

/** What the engine makes of a ticket's events alone, when time has come to `at` (epoch ms). */
export function foldOffline(ticket: string, events: readonly TicketEvent[], at: number): FoldedFromStart {
  const horizon = horizonOf({ kind: 'watermark', at, sources: {} }, SOURCE, settleMs);
  const inputs = events.flatMap((event) => toPriorityInput(event) ?? []);
  const { priorityHistory, coverageHistory } = decidePriorities(inputs, policy);
  const history = {
    events: events.map((event) => withoutText(withAskedInText(event))),
    priorityHistory,
    coverageHistory,
  };
  return foldTicket({ source: SOURCE, ticket }, history, policy, horizon);
}

/** What holds of a ticket then, in the order of the engine; without notifications. */
export function offlineOutcomes(ticket: string, events: readonly TicketEvent[], at: number): Draft[] {
  const { sayings } = foldOffline(ticket, events, at);
  return [...netSayings(sayings).values()].filter((draft) => !isNotification(draft));
}

/**
 * The ids of what may be taken back of a ticket, however timely its events are: an agent's first priority holds from the start of the ticket,
 * so what was true by the one before is true no more.
 */
export function correctable(ticket: string, events: readonly TicketEvent[]): Set<string> {
  const corrections = events.filter(({ type }) => type === 'ticket.priority.changed');
  return new Set(
    corrections.flatMap(({ occurredAt }) => {
      const before = events.filter((event) => event.occurredAt < occurredAt);
      return offlineOutcomes(ticket, before, occurredAt + settleMs).map(({ key }) => key);
    }),
  );
}

/** News, no verdict: it stands outside of what must come out the same. */
export function isNotification({ type }: Pick<SlaEvent, 'type'>): boolean {
  return type === 'sla.clock.warning';
}

/** Of these the figures are part of what they say. */
const figuresMatter = new Set(['sla.clock.met', 'sla.clock.completed', 'sla.clock.breached', 'sla.clock.missed']);

/** What an outcome says, in a line: two that are equal in it say the same. */
export function lineOf(
  said: Pick<Draft, 'type' | 'promise' | 'cycleKey' | 'at' | 'cause' | 'priority' | 'dueAt' | 'elapsedMs' | 'lateMs'>,
): string {
  const { type, promise, cycleKey, at, cause, priority, dueAt, elapsedMs, lateMs } = said;
  const figures = figuresMatter.has(type) ? [priority, dueAt, elapsedMs, lateMs] : [];
  return [type, promise, cycleKey, at, cause, ...figures].join(' ');
}
