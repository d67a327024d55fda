import type { AdditionalResource, AnsweredEscalation, Instant, TicketEvent } from '@punctual/contracts';
import { actorName } from './actor-name.js';
import type { ClockBook } from './clock-book.js';
import { namesContent } from './draft.js';
import { escalationsOf, type EscalationView } from './escalation-view.js';
import type { PolicyInForce } from './policy-in-force.js';
import type { PromisedClocks } from './promised-clocks.js';
import type { EscalationAnswer, TicketState } from './ticket-state.js';

type Answered = Extract<TicketEvent, { type: 'ticket.escalation.acknowledged' | 'ticket.escalation.resolved' }>;

/**
 * Takes what people answer to escalations (SLA-SEMANTICS §7).
 *
 *     raised ──▶ acknowledged ──▶ resolved      each once: the first answer of a kind counts
 *        └───────────────────────────┘
 *
 * An answer rests on its escalation and is taken back with it. One that names an escalation before it is raised waits for it. What was raised
 * is known in a fold from the start only, and so every answer asks for one.
 */
export class Escalations {
  constructor(
    private readonly state: TicketState,
    private readonly policy: PolicyInForce,
    private readonly book: ClockBook,
    private readonly promised: PromisedClocks,
  ) {}

  answer({ id, type, data }: Answered, at: Instant): void {
    const answer: EscalationAnswer = {
      kind: type === 'ticket.escalation.acknowledged' ? 'acknowledged' : 'resolved',
      eventId: id,
      at,
      by: data.actor,
      reason: data.reason ?? null,
      resources: 'resources' in data ? (data.resources ?? []) : [],
      escalation: data.escalation ?? null,
      request: data.request ?? null,
    };
    const raised = this.raised();
    if (answer.escalation === null && answer.request === null) {
      const latest = raised.at(-1);
      if (latest) this.settle(latest, answer);
      return;
    }
    const named = raised.find((escalation) => isNamedBy(escalation, answer));
    if (named) this.settle(named, answer);
    else this.state.escalationAnswers = [...this.state.escalationAnswers, answer];
  }

  /** Gives the answers that waited to the escalations that were raised by now. */
  takeUpAwaiting(): void {
    for (const answer of this.state.escalationAnswers) {
      const named = this.raised().find((escalation) => isNamedBy(escalation, answer));
      if (!named) continue;
      this.state.escalationAnswers = this.state.escalationAnswers.filter((waiting) => waiting !== answer);
      this.settle(named, answer);
    }
  }

  /** Where the policy wants additional resources named, saying that an escalation is settled without them is to take it up. */
  private settle(escalation: EscalationView, answer: EscalationAnswer): void {
    const wantsResources = escalation.asked === 'escalation' && this.handledBy() === 'resources';
    const kind = wantsResources && answer.resources.length === 0 ? 'acknowledged' : answer.kind;
    if (escalation.resolved !== null || (kind === 'acknowledged' && escalation.acknowledged !== null)) return;
    this.say(escalation, { ...answer, kind });
  }

  private say(escalation: EscalationView, { kind, eventId, at, by, reason, resources }: EscalationAnswer): void {
    const answered: AnsweredEscalation = { raised: escalation.id, by, reason, resources };
    const word = {
      type: `sla.escalation.${kind}` as const,
      at: Math.max(at, escalation.raisedAt),
      cause: eventId,
      reasonCode: kind,
      threshold: escalation.step,
      reason: answerSentence(kind, answered),
      escalation: answered,
    };
    const clock = this.book.clockOf(escalation);
    this.book.sayAnswer(clock, clock && this.promised.termsLeftOf(clock), word);
  }

  /** Those of this fold that stand, oldest first; their ids are content keys. */
  private raised(): EscalationView[] {
    return escalationsOf(this.book.said.inOrder);
  }

  private handledBy(): 'word' | 'resources' {
    return this.policy.current.escalationHandledBy(this.state.attributes);
  }
}

function isNamedBy({ id, request }: EscalationView, answer: EscalationAnswer): boolean {
  if (answer.escalation !== null) return namesContent(answer.escalation, id);
  return answer.request !== null && answer.request === request;
}

/** Who answered and how, for people; a person appears by role and opaque id. */
export function answerSentence(
  kind: EscalationAnswer['kind'],
  { by, reason, resources }: Pick<AnsweredEscalation, 'by' | 'reason' | 'resources'>,
): string {
  const named = resources.map(resourceName).join(', ');
  const how = [...(named === '' ? [] : [`with ${named}`]), ...(reason === null ? [] : [reason])].join('; ');
  const what = `${kind === 'acknowledged' ? 'Acknowledged' : 'Resolved'} by ${actorName(by)}`;
  return how === '' ? what : `${what}: ${how}`;
}

function resourceName({ who, what }: AdditionalResource): string {
  return what === undefined ? who : `${who} (${what})`;
}
