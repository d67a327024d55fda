import type { SlaEvent } from '@punctual/contracts';
import type { Complaint } from './complaint.js';
import { judgeInput } from './judge-input.js';
import { eventsIn, type Heard, type HeardLog } from './log-reader.js';
import { correctable, isNotification, lineOf, offlineOutcomes, settleMs } from './offline.js';
import type { Delivery } from './ticket-load.js';

export interface Verdict {
  readonly complaints: readonly Complaint[];
  /** Of each ticket that is complained of: what was sent, and what was said. */
  readonly stories: Readonly<Record<string, unknown>>;
  readonly tickets: number;
  readonly lateTickets: number;
  readonly events: number;
  readonly retractions: number;
}

/** What the engine says of a ticket, offline. */
interface Expected {
  /** Its outcomes, in its order. */
  readonly lines: readonly string[];
  /** See `correctable`. */
  readonly correctable: ReadonlySet<string>;
  readonly isCorrected: boolean;
}

type Finding = Omit<Complaint, 'ticket'>;

/**
 * Holds what stands on the log to what the engine says of the same events, offline. Of every ticket: what was said less what was taken back is
 * what the engine says, no more and no less, each once and in one partition; and where every event came within `settle`, nothing was taken
 * back, and all was said in the order of the engine.
 */
export class Judge {
  readonly #tickets: ReadonlyMap<string, readonly Delivery[]>;
  readonly #expected: ReadonlyMap<string, Expected>;

  /** `at` (epoch ms) is a time at which all that was ever to be said of these tickets has been. */
  constructor(tickets: ReadonlyMap<string, readonly Delivery[]>, at: number) {
    this.#tickets = tickets;
    this.#expected = new Map([...tickets].map(([ticket, deliveries]) => [ticket, expectedOf(ticket, deliveries, at)]));
  }

  verdict(log: HeardLog): Verdict {
    const complaints = judgeInput(this.#tickets, log);
    const byTicket = Map.groupBy(log.said, ({ value }) => value.ticket);
    for (const [ticket, said] of byTicket) {
      if (this.#tickets.has(ticket)) continue;
      complaints.push({ ticket, kind: 'false', what: `${said.length} events of a ticket that nobody made` });
    }
    const late = lateTickets(log);
    for (const [ticket, expected] of this.#expected) {
      const said = (byTicket.get(ticket) ?? []).toSorted((one, other) => one.offset - other.offset);
      const findings = [...judgeOutcomes(expected, said), ...judgeForm(said)];
      if (!late.has(ticket)) findings.push(...judgeTimely(expected, said));
      complaints.push(...findings.map((finding) => ({ ticket, ...finding })));
    }
    const complained = new Set(complaints.map(({ ticket }) => ticket));
    return {
      complaints,
      stories: Object.fromEntries(
        [...complained].map((ticket) => [ticket, { sent: this.#tickets.get(ticket), said: byTicket.get(ticket) }]),
      ),
      tickets: this.#tickets.size,
      lateTickets: late.size,
      events: log.said.length,
      retractions: log.said.filter(({ value }) => value.corrects !== null).length,
    };
  }
}

function expectedOf(ticket: string, deliveries: readonly Delivery[], at: number): Expected {
  const events = deliveries.map(({ event }) => event);
  return {
    lines: offlineOutcomes(ticket, events, at).map(lineOf),
    correctable: correctable(ticket, events),
    isCorrected: events.some(({ type }) => type === 'ticket.priority.changed'),
  };
}

/** Nothing lost, nothing false, nothing twice. */
function judgeOutcomes({ lines }: Expected, said: readonly Heard<SlaEvent>[]): Finding[] {
  const net = netOf(said).map(lineOf);
  const ids = said.map(({ value }) => value.id);
  return [
    ...lines.filter((line) => !net.includes(line)).map((what): Finding => ({ kind: 'lost', what })),
    ...net.filter((line) => !lines.includes(line)).map((what): Finding => ({ kind: 'false', what })),
    ...[...repeated(ids), ...repeated(net)].map((what): Finding => ({ kind: 'twice', what })),
  ];
}

function repeated(all: readonly string[]): string[] {
  return all.filter((one, index) => all.indexOf(one) < index);
}

/** Everything live and whole, in one partition, none found before the one before it, and a retraction behind what it takes back. */
function judgeForm(said: readonly Heard<SlaEvent>[]): Finding[] {
  const findings: Finding[] = [];
  const before = new Set<string>();
  let time = 0;
  for (const { partition, value } of said) {
    const complain = (kind: 'order' | 'false', what: string): void =>
      void findings.push({ kind, what: `${value.type} ${value.id} ${what}` });
    if (partition !== said[0]?.partition) complain('order', 'stands in another partition than those before');
    if (value.detectedAt < time) complain('order', 'was found before the one before it');
    if (value.corrects !== null && !before.has(value.corrects))
      complain('order', 'takes back what was not said before');
    if (value.at >= value.detectedAt) complain('false', 'was said before its time');
    if (value.mode !== 'live' || value.incomplete) complain('false', 'is not live and whole');
    before.add(value.id);
    time = value.detectedAt;
  }
  return findings;
}

/** Of a ticket whose events came within `settle`: nothing is taken back for lateness, and all is said in the engine's order. */
function judgeTimely(expected: Expected, said: readonly Heard<SlaEvent>[]): Finding[] {
  const findings = said
    .filter(({ value: { corrects } }) => corrects !== null && !expected.correctable.has(corrects))
    .map(({ value }): Finding => ({
      kind: 'retracted',
      what: `${value.correctedKind} ${value.corrects} ${value.cause}`,
    }));
  // What a correction says anew comes when it comes, not in its place in time.
  if (expected.isCorrected) return findings;
  const net = netOf(said).map(lineOf);
  const place = net.findIndex((line, index) => line !== expected.lines[index]);
  if (place !== -1) findings.push({ kind: 'order', what: `${net[place]} where ${expected.lines[place]} was due` });
  return findings;
}

/** What was said less what was taken back, in the order of the log; without notifications. */
function netOf(said: readonly Heard<SlaEvent>[]): SlaEvent[] {
  const net = new Map<string, SlaEvent>();
  for (const { value } of said) {
    if (value.corrects !== null) net.delete(value.corrects);
    else if (!isNotification(value)) net.set(value.id, value);
  }
  return [...net.values()];
}

/** Tickets of which an event stands behind a watermark under which it had settled: what was said before may have to be taken back. */
function lateTickets({ received }: HeardLog): Set<string> {
  const late = new Set<string>();
  const known = new Set<string>();
  const timeOf = new Map<number, number>();
  for (const { partition, value } of received) {
    if (value.kind === 'watermark') timeOf.set(partition, Math.max(timeOf.get(partition) ?? 0, value.at));
    for (const { id, ticket, occurredAt } of eventsIn(value)) {
      if (!known.has(id) && occurredAt < (timeOf.get(partition) ?? 0) - settleMs) late.add(ticket);
      known.add(id);
    }
  }
  return late;
}
