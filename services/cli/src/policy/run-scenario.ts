import { decidePriorities, toPriorityInput, withAskedInText } from '@punctual/classification';
import { decidedBy, formatInstant, type Instant, type TicketEvent } from '@punctual/contracts';
import {
  scenarioEvents,
  scenarioSurges,
  type ClockExpected,
  type DeskPolicy,
  type RequestVerdict,
  type Scenario,
} from '@punctual/policy';
import { foldTicket, formatDuration, type ClockView, type FoldedFromStart } from '@punctual/sla-engine';
import { deskMismatches } from './judge-desk.js';
import { escalationMismatches } from './judge-escalations.js';
import { judgeRequests } from './judge-requests.js';
import { compare, compareWords, type Mismatch } from './mismatch.js';

/** Plays a scenario under a policy, up to its end, and compares what comes of it with what it expects. */
export function runScenario(scenario: Scenario, policy: DeskPolicy): Mismatch[] {
  const events = scenarioEvents(scenario).map(withAskedInText);
  const until = scenario.until ?? Math.max(...events.map(({ occurredAt }) => occurredAt));
  const decided = decidePriorities(
    events.map(toPriorityInput).filter((input) => input !== null),
    policy,
  );
  const { priorityHistory, coverageHistory } = decided;
  const id = { source: events[0]?.source ?? '', ticket: scenario.ticket.id };
  const horizon = { eventsUpTo: until, duesBefore: until };
  const surges = scenarioSurges(scenario, policy.surge ?? null);
  const folded = foldTicket(id, { events, priorityHistory, coverageHistory, surges }, policy, horizon);
  return [
    ...askedMismatches(scenario, events),
    ...classificationMismatches(scenario, priorityHistory.at(-1), events),
    ...coverageMismatches(scenario, folded),
    ...(scenario.expect.clocks ?? []).flatMap((expected, index) =>
      clockMismatches(expected, index, folded.clocks, policy),
    ),
    ...deskMismatches(scenario, policy, folded.state, surges.at(-1), until),
    ...escalationMismatches(scenario, folded.sayings),
    ...requestMismatches(scenario, folded, judgeRequests(events, priorityHistory, policy)),
  ];
}

/** What messages ask for by their words. */
function askedMismatches({ timeline }: Scenario, events: readonly TicketEvent[]): Mismatch[] {
  return timeline.flatMap(({ asks }, index) =>
    compare(`line ${index + 1} asks for`, asks, events[index + 1]?.asks?.request ?? 'nothing'),
  );
}

type Decision = ReturnType<typeof decidePriorities>['priorityHistory'][number];

function classificationMismatches(
  { expect }: Scenario,
  decision: Decision | undefined,
  events: readonly TicketEvent[],
): Mismatch[] {
  const { classification } = expect;
  if (!classification) return [];
  if (!decision) return [{ where: 'classification', expected: 'a decision', actual: 'none' }];
  const cause = events.find(({ id }) => id === decision.eventId);
  const { who, why } = decidedBy(decision, cause);
  return [
    ...(['priority', 'rule', 'by', 'status', 'needsReview'] as const).flatMap((name) =>
      compare(`classification.${name}`, classification[name], decision[name]),
    ),
    ...compare(
      'classification.who',
      classification.who === null ? 'nobody' : classification.who,
      who?.role ?? 'nobody',
    ),
    ...compareWords('classification.why', classification.why, why),
  ];
}

function coverageMismatches({ expect }: Scenario, { state, sayings }: FoldedFromStart): Mismatch[] {
  if (expect.covered === undefined) return [];
  const said = sayings.findLast(({ draft }) => draft.type === 'sla.ticket.not_covered');
  const actual = state.covered === true ? true : (said?.draft.reasonCode ?? 'not_covered');
  return compare('covered', expect.covered, actual);
}

/** A breached clock that was stopped is `completed`; both words are understood. */
function hasOutcome(clock: ClockView, expected: string): boolean {
  if (expected === 'completed')
    return clock.phase === 'stopped' && (clock.breachedAt !== null || clock.outcome === 'measured');
  return clock.outcome === expected;
}

/** Without `cycle`, any run of the promise may fit; the differences told are those of the nearest one. */
function clockMismatches(
  expected: ClockExpected,
  index: number,
  clocks: readonly ClockView[],
  policy: DeskPolicy,
): Mismatch[] {
  const name = [
    expected.promise ?? expected.target,
    ...(expected.cycle === undefined ? [] : [`cycle ${expected.cycle}`]),
  ].join(' ');
  const where = `clocks[${index}] ${name}`;
  const candidates = clocks.filter(
    (clock) =>
      (expected.promise === undefined || clock.promise === expected.promise) &&
      (expected.target === undefined || clock.target === expected.target) &&
      (expected.cycle === undefined || clock.cycle === expected.cycle),
  );
  if (candidates.length === 0) {
    const others = clocks.map((clock) => `${clock.promise} cycle ${clock.cycle}`).join(', ');
    return [{ where, expected: 'a clock', actual: others === '' ? 'no clock at all' : `only ${others}` }];
  }
  const differences = candidates.map((clock) => differencesOf(expected, clock, where, policy));
  return differences.reduce((nearest, next) => (next.length < nearest.length ? next : nearest));
}

function differencesOf(
  expected: ClockExpected,
  clock: ClockView,
  where: string,
  { sharePromises }: DeskPolicy,
): Mismatch[] {
  const instants = (['startedAt', 'dueAt', 'breachedAt', 'stoppedAt'] as const).flatMap((name) => {
    const wanted = expected[name];
    return wanted === undefined ? [] : compare(`${where}.${name}`, instantText(wanted), instantText(clock[name]));
  });
  const { outcome, elapsed, reason } = expected;
  const outcomes =
    outcome === undefined || hasOutcome(clock, outcome)
      ? []
      : [{ where: `${where}.outcome`, expected: outcome, actual: clock.outcome }];
  const counted =
    elapsed === undefined || durationMs(elapsed) === clock.elapsedMs
      ? []
      : [{ where: `${where}.elapsed`, expected: elapsed, actual: exactDuration(clock.elapsedMs) }];
  const share = sharePromises.find(({ id }) => id === clock.promise)?.attainment ?? null;
  return [
    ...instants,
    ...outcomes,
    ...compare(`${where}.reason`, reason, clock.reason),
    ...compare(`${where}.attainment`, expected.attainment, share),
    ...counted,
  ];
}

function instantText(at: Instant | null): string {
  return at === null ? 'none' : formatInstant(at);
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The loader has refused what is no duration, such as `1h30m`. */
function durationMs(text: string): number {
  return [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ''] ?? 0),
    0,
  );
}

function exactDuration(ms: number): string {
  return ms % 1000 === 0 && ms < 360_000_000 && ms % 60_000 === 0
    ? formatDuration(ms)
    : `${formatDuration(ms)} (${ms} ms)`;
}

/** What became of requests by what was said of the ticket; whom an accepted one goes to, by the policy. */
function requestMismatches(
  scenario: Scenario,
  { sayings }: FoldedFromStart,
  verdicts: ReadonlyMap<string, RequestVerdict>,
): Mismatch[] {
  const expectations = scenario.expect.requests ?? [];
  if (expectations.length === 0) return [];
  return expectations.flatMap(({ line, accepted, code, missing, advice, to }) => {
    const where = line === 0 ? 'the ticket itself' : `request on line ${line}`;
    const id = line === 0 ? 'created' : `line-${line}`;
    const verdict = verdicts.get(id);
    if (!verdict) return [{ where, expected: 'a request', actual: 'none' }];
    const refused = sayings.find(({ draft }) => draft.type === 'sla.request.refused' && draft.cause === id)?.draft;
    return [
      ...compare(`${where}.accepted`, accepted, refused === undefined),
      ...compare(`${where}.code`, code, refused?.reasonCode ?? 'accepted'),
      ...compare(`${where}.missing`, missing?.join(', '), refused?.refusal?.missing.join(', ') ?? ''),
      ...compareWords(`${where}.advice`, advice, refused?.refusal?.advice ?? 'none'),
      ...compare(`${where}.to`, to?.join(', '), verdict.accepted ? verdict.recipients.join(', ') : 'nobody'),
    ];
  });
}
