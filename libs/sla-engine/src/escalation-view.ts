import type { AnsweredEscalation, Instant, SlaEvent } from '@punctual/contracts';
import { eventId, type Saying } from './draft.js';
import { netSayings } from './publish.js';

/** Why a worry about the service is told of, as a reason code. */
export const CONCERN = 'concern';

/** An escalation that was raised and stands, and what people answered (SLA-SEMANTICS §7). Instants epoch ms. */
export interface EscalationView {
  /** The id of its `sla.escalation.raised`, by which an answer names it. */
  readonly id: string;
  readonly standing: 'raised' | 'acknowledged' | 'resolved';
  readonly raisedAt: Instant;
  /** The clock whose step it is and the step's name; null where it was asked for. */
  readonly promise: string | null;
  readonly cycle: number | null;
  readonly step: string | null;
  /** The event that asked for it; null where it is a step of a clock. */
  readonly request: string | null;
  /** What that asked for: a formal escalation, or attention to a worry about the service; null where it is a step of a clock. */
  readonly asked: 'escalation' | 'concern' | null;
  /** Why it was raised and whom it goes to, in one line. */
  readonly reason: string;
  readonly acknowledged: EscalationAnswered | null;
  readonly resolved: EscalationAnswered | null;
}

/** An answer that counts: the first of its kind. */
export interface EscalationAnswered extends Omit<AnsweredEscalation, 'raised'> {
  readonly eventId: string | null;
  readonly at: Instant;
}

type Said = Pick<
  SlaEvent,
  'id' | 'type' | 'at' | 'promise' | 'cycle' | 'threshold' | 'cause' | 'reasonCode' | 'reason' | 'escalation'
>;

/** The escalations that a fold from the start raised, oldest first. `retractions`: those of the state as published, by which ids count. */
export function escalationsOf(
  sayings: readonly Saying[],
  retractions: Readonly<Record<string, number>> = {},
): EscalationView[] {
  const idOf = (key: string): string => eventId(key, retractions[key] ?? 0);
  const said = [...netSayings(sayings)].map(([key, { escalation, ...draft }]): Said => {
    const answered = escalation && { escalation: { ...escalation, raised: idOf(escalation.raised) } };
    return { ...draft, id: idOf(key), ...answered };
  });
  return escalationsSaid(said);
}

/** The escalations among standing SLA events of one ticket, oldest first. */
export function escalationsSaid(said: readonly Said[]): EscalationView[] {
  const answersOf = Map.groupBy(said, ({ escalation }) => escalation?.raised);
  return said
    .filter(({ type }) => type === 'sla.escalation.raised')
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .map((raised): EscalationView => {
      const answers = answersOf.get(raised.id) ?? [];
      const acknowledged = answered(answers, 'sla.escalation.acknowledged');
      const resolved = answered(answers, 'sla.escalation.resolved');
      return {
        id: raised.id,
        standing: resolved ? 'resolved' : acknowledged ? 'acknowledged' : 'raised',
        raisedAt: raised.at,
        promise: raised.promise,
        cycle: raised.cycle,
        step: raised.threshold,
        request: raised.promise === null ? raised.cause : null,
        asked: raised.promise !== null ? null : raised.reasonCode === CONCERN ? 'concern' : 'escalation',
        reason: raised.reason,
        acknowledged,
        resolved,
      };
    });
}

function answered(answers: readonly Said[], type: Said['type']): EscalationAnswered | null {
  const answer = answers.find((said) => said.type === type);
  if (!answer?.escalation) return null;
  const { by, reason, resources } = answer.escalation;
  return { eventId: answer.cause, at: answer.at, by, reason, resources };
}
