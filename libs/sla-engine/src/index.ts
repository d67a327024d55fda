export type { SurgeInterval, TicketHistory } from './engine-input.js';
export { outcomeOf, viewClock, viewClocks, type ClockOutcome, type ClockView } from './clock-view.js';
export { continueTicket } from './continue-ticket.js';
export { foldTicket, type FoldedFromStart } from './fold-ticket.js';
export type { Folded } from './folded.js';
export type { PolicyPublication, PolicySchedule, PublicationMode } from './policy-schedule.js';
export { refoldCause, type RefoldCause } from './refold-cause.js';
export { publishContinued, publishRefolded, netSayings, type Published } from './publish.js';
export { contentKey, eventId, LATE_DETECTION_MS, type Draft, type PublicationContext, type Saying } from './draft.js';
export { explainTicket, type ClockExplanation, type ExplainedSegment } from './explain.js';
export { eventsBehind } from './events-behind.js';
export { linkedBy, linksOf, sayLink, type NamedTicket, type TicketLink } from './links.js';
export { escalationsOf, escalationsSaid, type EscalationAnswered, type EscalationView } from './escalation-view.js';
export { sayEscalation } from './say-escalation.js';
export { sayEvent } from './say-event.js';
export { sayVerdict } from './say-verdict.js';
export { attainment, type AttainmentRange, type AttainmentRow, type JudgedCycle } from './attainment.js';
export { promisedShares, type PromisedShare } from './promised-shares.js';
export { earliestDue } from './earliest-due.js';
export { waitsForOthers } from './waits-for-others.js';
export type { Segment } from './clock-past.js';
export type { ClockState, EventKey, OutOfTurn, TicketState } from './ticket-state.js';
export { clockWithoutPeople, namesPeople, saidWithoutPeople, stateWithoutPeople } from './without-people.js';
export { targetNames } from './reasons.js';
export { formatDuration } from './format-duration.js';
export { pairPromises, type NamedPromise, type PromisePairs } from './what-if/promise-pairs.js';
export { judgedTicket, type JudgedClock, type JudgedTicket, type Stretch } from './what-if/judged-ticket.js';
export { sayCauses, type Cause, type CauseCode } from './what-if/causes.js';
export {
  changeKinds,
  compareImportance,
  compareVerdicts,
  verdictOf,
  type VerdictChange,
  type VerdictChangeKind,
} from './what-if/compare-verdicts.js';
export { compareAttainment, type AttainmentComparison } from './what-if/compare-attainment.js';
export { MostImportant } from './what-if/most-important.js';
export { changeRecord, type ChangedClock, type ChangeRecord } from './what-if/change-record.js';
export { PolicyComparison, type ComparisonReport, type RunningChanges } from './what-if/policy-comparison.js';
export { PublicationImpact, type ImpactOnClocks, type MovedDeadlines } from './what-if/publication-impact.js';
export { decidedUnder, type DecisionsUnder } from './what-if/decided-under.js';
