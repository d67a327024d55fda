// Which tickets there are and when they fall due. Time here is the watermark's, which the benchmark writes: it begins on a Tuesday morning
// in New York, whatever the wall clock says, and stands still between measurements.

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** When tickets are folded first, epoch ms. */
export const begin = Date.UTC(2026, 2, 3, 15);

/** How much is due when, in one round of measurements that begins at `from`; what is due before `measuredFrom` is a warm-up. */
export function round(from, { warmUpSeconds, measuredSeconds, perSecond, burst, coldStarts, perColdStart }) {
  const steadyFrom = from + 5 * second;
  const steadySeconds = warmUpSeconds + measuredSeconds;
  const burstAt = steadyFrom + (steadySeconds + 10) * second;
  const coldStartAt = (index) => burstAt + (10 + index * 2) * second;
  return {
    from,
    steady: Array.from({ length: steadySeconds * perSecond }, (_, index) => steadyFrom + (index * second) / perSecond),
    steadyFrom,
    measuredFrom: steadyFrom + warmUpSeconds * second,
    steadyTo: steadyFrom + steadySeconds * second,
    burst: Array.from({ length: burst }, (_, index) => burstAt + (index % second)),
    burstAt,
    coldStarts: Array.from({ length: coldStarts }, (_, index) =>
      Array.from({ length: perColdStart }, (_none, place) => coldStartAt(index) + (place % second)),
    ),
    coldStartAt,
    /** Nothing of this round is due any more. */
    to: coldStartAt(coldStarts) + 5 * second,
  };
}

/** A ticket with a critical priority, whose hour around the clock ends at `dueAt`: its warnings and its escalation lie behind. */
export function dueTicket(id, dueAt) {
  return ticket(id, dueAt - hour, 'Severity 1');
}

/** A ticket whose next threshold is at least twenty minutes ahead of the first fold, its deadline hours: one of the many that only wait. */
export function waitingTicket(id, random) {
  return random() < 0.5
    ? ticket(id, begin - minute - Math.floor(random() * 99 * minute), 'Severity 3')
    : ticket(id, begin - minute - Math.floor(random() * 99 * minute), 'Severity 4');
}

/** What the classifier writes about a new ticket. */
function ticket(id, createdAt, priority) {
  const event = {
    id: `${id}-created`,
    source: 'desk',
    ticket: id,
    occurredAt: createdAt,
    receivedAt: createdAt,
    sequence: -1,
    type: 'ticket.created',
    data: {
      origin: 'requester',
      actor: { id: 'u-1', role: 'requester' },
      channel: 'portal',
      customer: 'northwind',
      plan: 'standard',
      product: 'timesheets',
      priority,
      ticket: { createdAt },
    },
  };
  const decision = {
    decisionId: `decision-${id}`,
    eventId: event.id,
    at: createdAt,
    kind: 'correction',
    priority,
    by: 'requester',
    status: 'decided',
    rule: null,
    confidence: 1,
    needsReview: false,
    reason: `${priority}: chosen by the requester`,
  };
  return { kind: 'event', event, policy: 'rego', revision: 1, priorityHistory: [decision], coverageHistory: [] };
}
