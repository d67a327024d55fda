import {
  FORGOTTEN,
  forgottenFields,
  forgottenResources,
  type AnsweredEscalation,
  type KnownWords,
  type SlaEvent,
} from '@punctual/contracts';
import { answerSentence } from './escalations.js';
import type { ClockState, TicketState, Waiver } from './ticket-state.js';
import { waiverSentence } from './waiver.js';

/** The state as a fold of the events without people would have left it: no verdict rests on who somebody is. */
export function stateWithoutPeople(state: TicketState, known: KnownWords): TicketState {
  const { assignee, attributes, clocks, waivers, escalationAnswers, outOfTurn } = state;
  return {
    ...state,
    assignee: { ...assignee, person: assignee.person === null ? null : FORGOTTEN },
    attributes: { ...attributes, fields: forgottenFields(attributes.fields, known) },
    clocks: clocks.map((clock): ClockState => ({ ...clock, ...clockWithoutPeople(clock) })),
    waivers: waivers.map((awaiting) => ({ ...awaiting, waiver: waiverWithoutPeople(awaiting.waiver) })),
    escalationAnswers: escalationAnswers.map((answer) => ({ ...answer, ...answerWithoutPeople(answer) })),
    ...(outOfTurn ? { outOfTurn: waiverWithoutPeople(outOfTurn) } : {}),
  };
}

/** The waiver of a clock or of its view, without who granted it and what they wrote. */
export function clockWithoutPeople<W extends Pick<Waiver, 'by' | 'reason'>>(clock: {
  readonly waiver: W | null;
}): { readonly waiver: W | null } {
  return { waiver: clock.waiver === null ? null : waiverWithoutPeople(clock.waiver) };
}

/**
 * What was said, without who waived a breach or answered an escalation and what they wrote; nothing else that is said names anybody. Ids are
 * not hashes over it.
 */
export function saidWithoutPeople(event: SlaEvent): SlaEvent {
  if (event.escalation) {
    const escalation = { ...event.escalation, ...answerWithoutPeople(event.escalation) };
    const kind = event.type === 'sla.escalation.resolved' ? 'resolved' : 'acknowledged';
    return { ...event, escalation, reason: answerSentence(kind, escalation) };
  }
  if (event.reasonCode !== 'waived') return event;
  const [, unnamed, role] = /^Waived by (the )?(requester|participant|agent|bot|system)\b/.exec(event.reason) ?? [];
  if (role === undefined) return { ...event, reason: FORGOTTEN };
  const by = { role: role as Waiver['by']['role'], ...(unnamed === undefined ? { id: FORGOTTEN } : {}) };
  return { ...event, reason: waiverSentence({ by, reason: FORGOTTEN }) };
}

/** Whether something said names somebody: who waived a breach, or who answered an escalation. */
export function namesPeople({ reasonCode, escalation }: Pick<SlaEvent, 'reasonCode' | 'escalation'>): boolean {
  return reasonCode === 'waived' || escalation !== undefined;
}

function answerWithoutPeople({ by, reason, resources }: Omit<AnsweredEscalation, 'raised'>) {
  return {
    by: by.id === undefined ? by : { ...by, id: FORGOTTEN },
    reason: reason === null ? null : FORGOTTEN,
    resources: forgottenResources(resources),
  };
}

function waiverWithoutPeople<W extends Pick<Waiver, 'by' | 'reason'>>(waiver: W): W {
  const { by } = waiver;
  return { ...waiver, by: by.id === undefined ? by : { ...by, id: FORGOTTEN }, reason: FORGOTTEN };
}
