import type { SlaEventType, StatusCategory, TicketEvent } from '@punctual/contracts';
import type { SurgeInterval } from '../engine-input.js';
import { foldTicket, type FoldedFromStart } from '../fold-ticket.js';
import { netSayings } from '../publish.js';
import { decisionsOf } from '../laws/histories.spec-kit.js';
import { policyUnder, type Publication } from '../laws/publications.spec-kit.js';
import type { PublicationMode } from '../policy-schedule.js';

/**
 * Stories read like a ticket's history: `story('09:00 created', '09:40 agent replies')`. The day is Monday 2 March 2026 in UTC, `+1d 09:00`
 * the next. Priority `urgent` runs around the clock: reply 1 h (goal 30 min), next 2 h, update 4 h, taken 30 min, fixed 8 h, stay 4 h.
 */

const monday = Date.parse('2026-03-02T00:00:00Z');

/** `10:30` or `+2d 10:30` as an instant. */
export function instant(text: string): number {
  const match = /^(?:\+(\d+)d )?(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?$/.exec(text);
  if (!match) throw new Error(`no instant: '${text}'`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return monday + days * 86_400_000 + hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + ms;
}

type Body = Pick<TicketEvent, 'type' | 'data'>;

const message = (role: 'requester' | 'participant' | 'agent' | 'bot' | 'system', more: object = {}): Body =>
  ({
    type: 'ticket.message.added',
    data: { actor: { role }, visibility: 'public', autoReply: false, ...more },
  }) as Body;
const status = (name: string, category: StatusCategory): Body => ({
  type: 'ticket.status.changed',
  data: { status: { name, category } },
});
const assign = (person: string | null, team: string | null): Body => ({
  type: 'ticket.assignment.changed',
  data: { assignee: { person, team } },
});

const lead = { role: 'agent' as const, id: 'lead-1' };
const waive = (cycle: { promise: string; cycle?: number; breach?: string }): Body => ({
  type: 'ticket.waiver.granted',
  data: { ...cycle, actor: lead, reason: 'The carrier was down' },
});
const withdraw = (waiver: string): Body => ({ type: 'ticket.waiver.withdrawn', data: { waiver, actor: lead } });

const acknowledge = (named: { request?: string } = {}): Body => ({
  type: 'ticket.escalation.acknowledged',
  data: { ...named, actor: lead, reason: 'We are on it' },
});
const resolve = (how: { reason?: string; resources?: { who: string; what?: string }[] }): Body => ({
  type: 'ticket.escalation.resolved',
  data: { ...how, actor: lead },
});

const phrases: Readonly<Record<string, Body>> = {
  created: { type: 'ticket.created', data: { origin: 'requester' } },
  'created by an agent on behalf': { type: 'ticket.created', data: { origin: 'on_behalf' } },
  'created by an agent who writes first': { type: 'ticket.created', data: { origin: 'outbound' } },
  'created assigned to a person': {
    type: 'ticket.created',
    data: { origin: 'requester', assignee: { person: 'p1', team: null } },
  },
  'created assigned to a team': {
    type: 'ticket.created',
    data: { origin: 'requester', assignee: { person: null, team: 'blue' } },
  },
  'created on a plan without promises': { type: 'ticket.created', data: { origin: 'requester', plan: 'none' } },
  'agent replies': message('agent'),
  'agent notes internally': message('agent', { visibility: 'internal' }),
  'requester writes': message('requester'),
  'participant writes': message('participant'),
  'bot replies': message('bot'),
  'system writes': message('system'),
  'requester is out of office': message('requester', { autoReply: true }),
  'agent is out of office': message('agent', { autoReply: true }),
  'waits for requester': status('pending', 'waiting_requester'),
  'waits for vendor': status('on-hold', 'waiting_other'),
  open: status('open', 'open'),
  solved: status('solved', 'solved'),
  closed: status('closed', 'closed'),
  'assigned to person 1 in blue': assign('p1', 'blue'),
  'assigned to person 2 in blue': assign('p2', 'blue'),
  'assigned to team blue': assign(null, 'blue'),
  'assigned to team green': assign(null, 'green'),
  'merged away': { type: 'ticket.merged', data: { into: 'T-9', transfer: false } },
  transferred: { type: 'ticket.merged', data: { into: 'T-9', transfer: true } },
  deleted: { type: 'ticket.deleted', data: { spam: false } },
  restored: { type: 'ticket.restored', data: {} },
  'created by telephone': { type: 'ticket.created', data: { origin: 'requester', channel: 'telephone' } },
  'asks for an update by telephone': {
    type: 'ticket.request.made',
    data: { request: 'update', channel: 'telephone' },
  },
  'asks for an escalation': { type: 'ticket.request.made', data: { request: 'escalation' } },
  'asks for an escalation, saying why': {
    type: 'ticket.request.made',
    data: { request: 'escalation', supplied: { reason: 'supplied' } },
  },
  'asks for an escalation with an empty reason': {
    type: 'ticket.request.made',
    data: { request: 'escalation', supplied: { reason: ' ' } },
  },
  'is worried about the service': { type: 'ticket.request.made', data: { request: 'concern' } },
  'is worried by telephone': { type: 'ticket.request.made', data: { request: 'concern', channel: 'telephone' } },
  'asks for an update': { type: 'ticket.request.made', data: { request: 'update' } },
  'reply is waived': waive({ promise: 'reply' }),
  'reply is waived again': waive({ promise: 'reply' }),
  'first next is waived': waive({ promise: 'next', cycle: 1 }),
  'waiver of 11:00 is withdrawn': withdraw('11:00 reply is waived'),
  'waiver of 09:30 is withdrawn': withdraw('09:30 reply is waived'),
  'escalation is acknowledged': acknowledge(),
  'escalation of 09:20 is acknowledged': acknowledge({ request: '09:20 asks for an escalation, saying why' }),
  'escalation is resolved': resolve({ reason: 'The customer was called' }),
  'escalation is resolved with more people': resolve({ resources: [{ who: 'databases', what: 'an engineer' }] }),
  'becomes low': { type: 'ticket.priority.changed', data: { priority: 'low', kind: 'change' } },
  'becomes normal': { type: 'ticket.priority.changed', data: { priority: 'normal', kind: 'change' } },
  'becomes urgent': { type: 'ticket.priority.changed', data: { priority: 'urgent', kind: 'change' } },
  'was urgent all along': { type: 'ticket.priority.changed', data: { priority: 'urgent', kind: 'correction' } },
  'was normal all along': { type: 'ticket.priority.changed', data: { priority: 'normal', kind: 'correction' } },
  'was low all along': { type: 'ticket.priority.changed', data: { priority: 'low', kind: 'correction' } },
  'moves to a plan without promises': { type: 'ticket.plan.changed', data: { plan: 'none', kind: 'change' } },
  'moves to plan gold': { type: 'ticket.plan.changed', data: { plan: 'gold', kind: 'change' } },
};

/** Reads lines such as `09:40 agent replies` into events; ids are the lines themselves. */
export function story(...lines: readonly string[]): TicketEvent[] {
  return lines.map((line) => {
    const match = /^((?:\+\d+d )?[\d:.]+) (.*)$/.exec(line);
    const body = match?.[2] === undefined ? undefined : phrases[match[2]];
    if (!match?.[1] || !body) throw new Error(`no such line in a story: '${line}'`);
    const head = {
      id: line,
      source: 'story',
      ticket: 'T-1',
      receivedAt: null,
      sequence: -1,
      occurredAt: instant(match[1]),
    };
    return { ...head, ...body } as TicketEvent;
  });
}

export interface Telling {
  readonly folded: FoldedFromStart;
  /** `reply` or `next#2`: outcome, with its instant where it has one, as `met 09:40`. */
  clock(name: string): string | undefined;
  /** When it is due, `due 10:30`; undefined where it is not. */
  due(name: string): string | undefined;
  elapsedMinutes(name: string): number | undefined;
  /** Standing events of a kind, as `promise time`. */
  said(type: SlaEventType): string[];
}

/** Reads `10:30 published from-now: strict`. */
export const publicationLine = /^((?:\+\d+d )?[\d:.]+) published (pin|from-now|retroactive): (\S+)$/;

function publication(line: string): Publication {
  const [, at, mode, name] = publicationLine.exec(line) ?? [];
  if (!at || !mode || !name) throw new Error(`no publication: '${line}'`);
  return { at: instant(at), mode: mode as PublicationMode, name };
}

/** Folds a story up to `until` (events at it included). */
export function tell(
  events: readonly TicketEvent[],
  until: string,
  options: { policy?: string; priority?: string; surge?: string; published?: readonly string[] } = {},
): Telling {
  const name = options.policy ?? 'from-start';
  const publications = (options.published ?? []).map(publication);
  const policy = policyUnder(
    publications.length === 0 ? name : [{ at: monday - 86_400_000, mode: 'pin', name }, ...publications],
  );
  const at = instant(until);
  const { priorityHistory } = decisionsOf(events);
  const begins = priorityHistory.map((decision, index) =>
    index === 0 ? { ...decision, priority: options.priority ?? 'urgent' } : decision,
  );
  const surges = options.surge === undefined ? [] : [surgeOf(options.surge)];
  const history = { events, priorityHistory: begins, coverageHistory: [], surges };
  const folded = foldTicket({ source: 'story', ticket: 'T-1' }, history, policy, { eventsUpTo: at, duesBefore: at });
  const find = (name: string) => {
    const [promise, cycle = '1'] = name.split('#');
    return folded.clocks.find((clock) => clock.promise === promise && clock.cycle === Number(cycle));
  };
  return {
    folded,
    clock: (name) => {
      const clock = find(name);
      if (!clock) return undefined;
      const when = clock.breachedAt ?? clock.stoppedAt;
      return [clock.outcome, when === null ? [] : time(when), clock.outcome === 'cancelled' ? clock.reason : []]
        .flat()
        .join(' ');
    },
    due: (name) => {
      const dueAt = find(name)?.dueAt;
      return dueAt === undefined || dueAt === null ? undefined : time(dueAt);
    },
    elapsedMinutes: (name) => {
      const clock = find(name);
      return clock && clock.elapsedMs / 60_000;
    },
    said: (type) =>
      [...netSayings(folded.sayings).values()]
        .filter((draft) => draft.type === type)
        .map((draft) => `${draft.promise ?? 'ticket'} ${time(draft.at)}`),
  };
}

/** `10:00–11:30`, or `10:00–` while it lasts. */
function surgeOf(text: string): SurgeInterval {
  const [from = '', to = ''] = text.split('–');
  const ends = to === '' ? null : instant(to);
  return { from: instant(from), to: ends, startedBy: 'surge', endedBy: ends === null ? null : 'surge over' };
}

function time(at: number): string {
  const days = Math.floor((at - monday) / 86_400_000);
  const iso = new Date(at).toISOString();
  const clock = iso.slice(11, 23).replace(/(:00)?\.000$/, '');
  return days === 0 ? clock : `+${days}d ${clock}`;
}
