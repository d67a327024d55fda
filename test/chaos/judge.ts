import { decidePriorities, toPriorityInput } from '@punctual/classification';
import { horizonOf, topics, withoutText, type SlaEvent } from '@punctual/contracts';
import { compilePolicy, loadPolicy, resolvePolicy } from '@punctual/policy';
import { foldTicket, netSayings } from '@punctual/sla-engine';
import { Kafka, logLevel, type Consumer } from 'kafkajs';
import { netOf } from '../pipeline/pipeline.js';
import { policyText, SOURCE, type Delivery } from './ticket-load.js';

const { document } = loadPolicy(policyText, 'seconds.policy.yaml');
if (document === null) throw new Error('seconds.policy.yaml has errors');
const policy = compilePolicy(resolvePolicy(document));

export interface Heard {
  readonly partition: number;
  readonly offset: number;
  readonly event: SlaEvent;
}

/** A stranger that reads `sla.events` from its beginning, committed records only. */
export class Listener {
  readonly heard: Heard[] = [];
  readonly #consumer: Consumer;

  constructor(brokers: readonly string[]) {
    const kafka = new Kafka({ brokers: [...brokers], clientId: 'stranger', logLevel: logLevel.NOTHING });
    this.#consumer = kafka.consumer({ groupId: `stranger-${process.pid}-${Date.now()}`, readUncommitted: false });
  }

  async start(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic: topics.sla, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const event = JSON.parse(String(message.value)) as SlaEvent;
        this.heard.push({ partition, offset: Number(message.offset), event });
      },
    });
  }

  stop(): Promise<void> {
    return this.#consumer.disconnect();
  }
}

export interface Verdict {
  readonly problems: readonly { readonly ticket: string; readonly what: string; readonly story: unknown }[];
  readonly events: number;
  readonly late: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly retractions: number;
}

/** Holds what was heard to what the engine says of the same events, offline, when time has come to `at` (epoch ms). */
export function judge(tickets: ReadonlyMap<string, readonly Delivery[]>, heard: readonly Heard[], at: number): Verdict {
  const problems: { ticket: string; what: string; story: unknown }[] = [];
  const byTicket = Map.groupBy(heard, ({ event }) => event.ticket);
  const duplicates = heard.length - new Set(heard.map(({ event }) => event.id)).size;
  const counts = { late: 0, lost: 0, retractions: 0 };
  for (const [ticket, deliveries] of tickets) {
    const said = [...(byTicket.get(ticket) ?? [])].sort((a, b) => a.offset - b.offset);
    const events = said.map(({ event }) => event);
    const story = { deliveries, said };
    const complain = (what: string): void => void problems.push({ ticket, what, story });
    const late = deliveries.some(
      ({ event, acknowledgedAt }) => (acknowledgedAt ?? Infinity) > event.occurredAt + policy.settleMs,
    );
    const net = netOf(events);
    const expected = expectedOf(ticket, deliveries, at);
    const retracted = events.filter(
      ({ corrects, cause }) => corrects !== null && !isCorrection(deliveries, cause),
    ).length;
    counts.late += Number(late);
    counts.retractions += retracted;
    const missing = expected.filter((line) => !net.includes(line));
    counts.lost += missing.length;
    if (missing.length > 0) complain(`not said: ${missing.join('; ')}`);
    const false_ = net.filter((line) => !expected.includes(line));
    if (false_.length > 0) complain(`said, but not so: ${false_.join('; ')}`);
    if (!late && retracted > 0) complain(`${retracted} retractions, although every event came within settle`);
    if (new Set(events.map(({ id }) => id)).size < events.length) complain('said twice');
    if (new Set(said.map(({ partition }) => partition)).size > 1) complain('in more than one partition');
    if (events.some(({ detectedAt }, index) => detectedAt < (events[index - 1]?.detectedAt ?? 0)))
      complain('out of order');
  }
  return { problems, events: heard.length, duplicates, ...counts };
}

/** An agent's priority holds from the start of the ticket, so what was said under the one before is taken back, however timely it is. */
function isCorrection(deliveries: readonly Delivery[], cause: string | null): boolean {
  return deliveries.some(({ event }) => event.id === cause && event.type === 'ticket.priority.changed');
}

function expectedOf(ticket: string, deliveries: readonly Delivery[], at: number): string[] {
  const events = deliveries.map(({ event }) => event);
  const horizon = horizonOf({ kind: 'watermark', at, sources: {} }, SOURCE, policy.settleMs);
  const inputs = events.flatMap((event) => toPriorityInput(event) ?? []);
  const { priorityHistory, coverageHistory } = decidePriorities(inputs, policy);
  const history = { events: events.map(withoutText), priorityHistory, coverageHistory };
  const { sayings } = foldTicket({ source: SOURCE, ticket }, history, policy, horizon);
  return [...netSayings(sayings).values()]
    .filter(({ type }) => type !== 'sla.clock.warning')
    .map((draft) => [draft.type, draft.promise, draft.cycleKey, draft.at, draft.cause].join(' '))
    .sort();
}
