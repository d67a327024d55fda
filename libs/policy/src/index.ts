export {
  factValues,
  type ClassificationPolicy,
  type ClassificationRule,
  type CompiledPolicy,
  type EscalationStep,
  type FactCondition,
  type FactName,
  type Horizon,
  type PolicyPriority,
  type PromiseDuration,
  type PromiseTerms,
  type QueueEntry,
  type Resolution,
  type StatusCategory,
  type TicketAttributes,
  type WarningThreshold,
} from './compiled-policy.js';
export { formatDiagnostic, hasErrors, type Diagnostic, type Severity } from './diagnostic.js';
export { loadPolicy, type LoadedPolicy } from './load-policy.js';
export type { PolicyDocument } from './document/policy-document.js';
export type { RequestKind } from './document/desk-schema.js';
export { DEFAULT_HORIZON, resolvePolicy, type PolicyHorizon, type ResolvedPolicy } from './resolve-policy.js';
export { installedSources, newerData } from './newer-data.js';
export { compilePolicy, type DeskPolicy, type SharePromise } from './compile-policy.js';
export { compareQueuePlaces } from './queue-order.js';
export { requestInText } from './request-in-text.js';
export type { RequestMade, RequestVerdict } from './request-rules.js';
export {
  decideBesidePeople,
  decideShare,
  decideSurge,
  isCalm,
  type DeclaredSurge,
  type DeskFigures,
  type DeskVerdict,
  type PriorityShareRule,
  type SurgeRule,
} from './surge.js';
export { builtInPack, builtInPackNames, type BuiltInPack, type BuiltInPackName } from './built-in-packs.js';
export { loadScenarios, type LoadedScenarios } from './scenarios/load-scenarios.js';
export type { ClockExpected, EscalationExpected, Scenario, ScenarioFile } from './scenarios/scenario.js';
export { scenarioAlarms } from './scenarios/scenario-alarms.js';
export { scenarioSurges, type ScenarioSurge } from './scenarios/scenario-surges.js';
export { SCENARIO_SOURCE, scenarioEvents } from './scenarios/scenario-events.js';
