import type { Target, TicketStatus } from '@punctual/contracts';

/** What targets are called in sentences. */
export const targetNames: Readonly<Record<Target, string>> = {
  first_response: 'first response',
  next_response: 'next response',
  periodic_update: 'periodic update',
  update_on_request: 'requested update',
  acknowledgement: 'acknowledgement',
  resolution: 'resolution',
  team_ownership: "team's ownership",
};

/** Reason codes of clock events, and what they say to a support lead; of some, by the target's name. */
const sentences: Readonly<Record<string, string | ((target: string) => string)>> = {
  created: (target) => `The ticket was created; the ${target} is due by the time shown`,
  requester_message: 'The requester wrote and waits for an answer',
  agent_reply: 'An agent replied to the requester',
  update_requested: 'The requester asked for an update',
  reopened: 'The ticket was reopened',
  promised: (target) => `What now applies to the ticket promises a ${target}`,
  assigned_to_team: 'The ticket was assigned to a team',
  left_team: 'The ticket left the team',
  assigned_to_person: 'The ticket was assigned to a person',
  solved: 'The ticket was solved',
  waiting_requester: 'Waiting for the requester',
  waiting_other: 'Waiting for somebody other than the requester',
  surge: (target) => `The desk has far more to do than usual, and the ${target} is suspended`,
  surge_over: 'The surge is over',
  wait_over: 'The wait is over',
  requester_answered: 'The requester answered, which ends the wait for them',
  restored: 'The ticket was restored',
  merged: 'The ticket was merged into another one',
  deleted: 'The ticket was deleted',
  solved_without_reply: 'The ticket stayed solved without a public reply',
  deadline_passed: (target) =>
    `The deadline of the ${target} passed and nothing had stopped or paused the clock by then`,
  threshold_crossed: (target) => `The ${target} comes close to its deadline`,
  step_due: (target) => `The escalation step of the ${target} is due`,
  retargeted: (target) => `What applies to the ticket changed, and with it the ${target}`,
  corrected: (target) => `What applies to the ticket was corrected from the start, and with it the ${target}`,
  no_promise: (target) => `What now applies to the ticket promises no ${target}`,
  waiver_withdrawn: 'The waiver of the breach was withdrawn',
  late_evidence: 'An event that belongs before what was folded arrived later, and this no longer holds',
};

/** Begins the reason code of a pause by a status that the policy names by the desk's own word for it. */
const STATUS = 'status: ';

/** The reason code of a pause by a status: whom it waits for, or which of the desk's own it is. */
export function pausedBy({ category, name }: TicketStatus): string {
  return category === 'open' ? `${STATUS}${name}` : category;
}

export function reasonFor(code: string, target: Target | null): string {
  const sentence = sentences[code];
  if (typeof sentence === 'string') return sentence;
  const name = target ? targetNames[target] : 'promise';
  if (sentence !== undefined) return sentence(name);
  if (!code.startsWith(STATUS)) return code.replaceAll('_', ' ');
  return `The status is “${code.slice(STATUS.length)}”, in which the ${name} does not count`;
}
