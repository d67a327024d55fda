import type { SlaEvent, SlaEventType } from '@punctual/contracts';
import type { Folded } from './folded.js';
import { contentKey, eventId, toSlaEvent, type Draft, type PublicationContext, type Saying } from './draft.js';
import { reasonFor } from './reasons.js';
import type { RefoldCause } from './refold-cause.js';
import { RetractionCounts } from './retraction-counts.js';

/** What of a ticket's past publications must be known to publish a fold from the start: those not retracted, oldest first. */
export interface Published {
  readonly key: string;
  readonly event: SlaEvent;
}

/**
 * Verdicts whose figures are part of what they say: where a fold from the start finds other figures under the same content, the old
 * verdict is retracted and said again. What starts, pauses or resumes says only that it did.
 */
const figuresMatter = new Set<SlaEventType>([
  'sla.clock.met',
  'sla.clock.completed',
  'sla.clock.breached',
  'sla.clock.missed',
]);

/** Said once, when it is news; never retracted and never repeated (SLA-SEMANTICS §4, §9). */
const notifications = new Set<SlaEventType>(['sla.clock.warning']);

/**
 * The SLA events of a continued fold, in order, each with the content key that readers store beside it.
 * `state.retractions` is kept up to date.
 */
export function publishContinued(folded: Folded, context: PublicationContext): Published[] {
  const counts = new RetractionCounts(folded.state.retractions);
  const published = saidOnce(folded.sayings).map((saying) => publishSaying(saying, counts, context));
  folded.state.retractions = counts.all;
  return published;
}

/**
 * The SLA events that turn what was published into what a fold from the start says now: what no longer holds is retracted by events that
 * name it, what is new is published, what stands is left alone. `before` is everything published and not retracted, `retractions` the
 * counts of the former state, `because` what brought the ticket to be folded again.
 */
export function publishRefolded(
  folded: Folded,
  before: readonly Published[],
  retractions: Readonly<Record<string, number>>,
  context: PublicationContext,
  because: RefoldCause,
): Published[] {
  const counts = new RetractionCounts({ ...retractions });
  const now = netSayings(folded.sayings);
  const takenBack = new Map(
    folded.sayings.flatMap((saying) => (saying.kind === 'retracts' ? [[saying.key, saying]] : [])),
  );
  const output: Published[] = [];
  const standing = new Set<string>();
  for (const { key, event } of before) {
    const draft = now.get(key);
    if (notifications.has(event.type) || isRetraction(event.type)) {
      standing.add(key);
    } else if (draft && sameFigures(draft, event)) {
      standing.add(key);
    } else {
      const saying = draft ? undefined : takenBack.get(key);
      output.push(saying ? publishSaying(saying, counts, context) : retraction(key, event, counts, context, because));
    }
  }
  for (const [key, draft] of now) {
    if (standing.has(key)) continue;
    output.push(publishDraft(draft, counts, context));
  }
  folded.state.retractions = counts.all;
  return output;
}

/** What holds at the end of a sequence of sayings: what was said less what was taken back, by content key, in order. */
export function netSayings(sayings: readonly Saying[]): Map<string, Draft> {
  const net = new Map<string, Draft>();
  for (const saying of sayings) {
    if (saying.kind === 'says') net.set(saying.draft.key, saying.draft);
    else net.delete(saying.key);
  }
  return net;
}

/** An event's id is its content: what a fold says again and has not taken back is said once, as it was said last. */
function saidOnce(sayings: readonly Saying[]): readonly Saying[] {
  if (sayings.length < 2) return sayings;
  const saidLater = new Set<string>();
  const kept: Saying[] = [];
  for (const saying of sayings.toReversed()) {
    if (saying.kind === 'retracts') saidLater.delete(saying.key);
    else if (saidLater.has(saying.draft.key)) continue;
    else saidLater.add(saying.draft.key);
    kept.push(saying);
  }
  return kept.reverse();
}

function publishDraft(draft: Draft, counts: RetractionCounts, context: PublicationContext): Published {
  const id = eventId(draft.key, counts.of(draft.key));
  return { key: draft.key, event: toSlaEvent(draft, id, context, counts.all) };
}

function publishSaying(saying: Saying, counts: RetractionCounts, context: PublicationContext): Published {
  if (saying.kind === 'says') return publishDraft(saying.draft, counts, context);
  const corrects = eventId(saying.key, counts.of(saying.key));
  counts.add(saying.key);
  const id = contentKey(['retracts', corrects]);
  const event = toSlaEvent(saying.draft, id, context, counts.all);
  return { key: id, event: { ...event, corrects, correctedKind: saying.type } };
}

function retraction(
  key: string,
  event: SlaEvent,
  counts: RetractionCounts,
  context: PublicationContext,
  { cause, reasonCode }: RefoldCause,
): Published {
  counts.add(key);
  const id = contentKey(['retracts', event.id]);
  // Who answered an escalation stands in what is taken back.
  const { escalation: _answered, ...said } = event;
  const subject = event.type.split('.')[1] ?? 'clock';
  return {
    key: id,
    event: {
      ...said,
      id,
      type: retractedTypes[subject] ?? 'sla.clock.retracted',
      detectedAt: context.detectedAt,
      mode: context.mode,
      cause,
      reasonCode,
      reason: reasonFor(reasonCode, event.target),
      corrects: event.id,
      correctedKind: event.type,
      lateDetection: false,
    },
  };
}

const retractedTypes: Readonly<Record<string, SlaEventType>> = {
  clock: 'sla.clock.retracted',
  breach: 'sla.breach.retracted',
  ticket: 'sla.ticket.retracted',
  escalation: 'sla.escalation.withdrawn',
  request: 'sla.request.retracted',
};

function isRetraction(type: SlaEventType): boolean {
  return type.endsWith('.retracted') || type === 'sla.escalation.withdrawn';
}

function sameFigures(draft: Draft, event: SlaEvent): boolean {
  if (!figuresMatter.has(draft.type)) return true;
  return (
    draft.dueAt === event.dueAt &&
    draft.elapsedMs === event.elapsedMs &&
    draft.lateMs === event.lateMs &&
    draft.priority === event.priority
  );
}
