export { formatInstant, InstantText, parseInstant, type Instant } from './instant.js';
export {
  Actor,
  ActorRole,
  AdditionalResource,
  Assignment,
  ChangeKind,
  compareTicketEvents,
  kindRank,
  requestsMade,
  StatusCategory,
  ticketEventData,
  ticketEventTypes,
  TicketFields,
  TicketStatus,
  withoutText,
  type AskedInText,
  type TicketEvent,
  type TicketEventData,
  type TicketEventType,
} from './ticket-event.js';
export { eventContent } from './event-content.js';
export {
  parseCloudEvent,
  TICKET_EVENT_VERSION,
  toCloudEvent,
  type EventProblem,
  type ParsedTicketEvent,
} from './cloud-event.js';
export {
  FORGOTTEN,
  forgottenFields,
  forgottenPriority,
  forgottenResources,
  withoutPeople,
  type KnownWords,
} from './without-people.js';
export { decidedBy, type DecidedBy } from './decided-by.js';
export type { ClassifiedEvent, CoverageDecision, PriorityDecision, PrioritySetter } from './classified-event.js';
export {
  clockEventKinds,
  commitments,
  targets,
  type AnsweredEscalation,
  type ClockEventKind,
  type Commitment,
  type SlaEvent,
  type SlaEventType,
  type Target,
} from './sla-event.js';
export { TRACEPARENT, traceHeaders, traceparentIn } from './traceparent.js';
export { deadLetterTopic, policyPartition, ticketPartition, topics, type Topic } from './topics.js';
export { readClassified, readReceived, type InvalidRecord } from './read-record.js';
export {
  DEFAULT_SETTLE_MS,
  horizonOf,
  type ClassifiedRecord,
  type ClassifiedTopicRecord,
  type ConfigRecord,
  type ControlRecord,
  type DeadLetterRecord,
  type Figures,
  type ForgetRecord,
  type ForgottenRecord,
  type Horizon,
  type ReceivedRecord,
  type ReceivedTopicRecord,
  type ReleaseRecord,
  type ShareRecord,
  type SourceTime,
  type SurgeRecord,
  type Watermark,
} from './log-record.js';
