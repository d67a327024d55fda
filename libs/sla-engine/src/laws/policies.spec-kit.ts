import type { TicketStatus } from '@punctual/contracts';
import type {
  CompiledPolicy,
  PromiseTerms,
  RequestMade,
  RequestVerdict,
  Resolution,
  TicketAttributes,
} from '@punctual/policy';
import { compileCalendar, type WorkingCalendar } from '@punctual/working-time';

/** Policies for the laws, built by hand so that a law that fails blames the engine and not the policy language. */

const hour = 3_600_000;
const week = (hours: readonly string[]): Record<string, string[]> =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [...hours]]));

const calendars: Readonly<Record<string, WorkingCalendar>> = {
  always: compileCalendar({ name: 'always', zone: 'Etc/UTC', weekly: '24x7' }),
  berlin: compileCalendar({
    name: 'berlin',
    zone: 'Europe/Berlin',
    weekly: week(['09:00-12:00', '13:00-17:30']),
    holidays: { dates: ['2026-04-03', '2026-04-06'] },
  }),
  nights: compileCalendar({
    name: 'nights',
    zone: 'Australia/Lord_Howe',
    weekly: { ...week(['22:00-06:00']), sat: ['22:00-06:00'] },
  }),
  followTheSun: compileCalendar({
    name: 'followTheSun',
    anyOf: [
      { name: 'kathmandu', zone: 'Asia/Kathmandu', weekly: week(['09:00-17:00']) },
      { name: 'new york', zone: 'America/New_York', weekly: week(['09:00-17:00']) },
    ],
  }),
};

export interface Cell {
  readonly [promise: string]: { readonly hours: number | null; readonly calendar: string } | undefined;
}

export interface Shape {
  readonly calendars?: Readonly<Record<string, WorkingCalendar>>;
  /** Names what pauses, where that is not the usual. */
  readonly pausing?: string;
  readonly pauses?: PromiseTerms['pausesIn'];
  readonly escalations?: PromiseTerms['escalations'];
  readonly id: string;
  readonly handledBy?: 'word' | 'resources';
  readonly onReclassify?: CompiledPolicy['onReclassify'];
  readonly retarget: PromiseTerms['retarget'];
  readonly reopen: PromiseTerms['reopen'];
  readonly fromCreation: boolean;
  readonly cells: Readonly<Record<string, Cell>>;
  /** What a plan promises instead, at every priority. */
  readonly plans?: Readonly<Record<string, Cell>>;
  /** Priorities that are unknown here, and so become `normal`. */
  readonly unknown?: readonly string[];
}

const targetsOfPromises: Readonly<Record<string, PromiseTerms['target']>> = {
  reply: 'first_response',
  reply_goal: 'first_response',
  next: 'next_response',
  update: 'periodic_update',
  asked: 'update_on_request',
  taken: 'acknowledgement',
  fixed: 'resolution',
  stay: 'team_ownership',
};

function terms(shape: Shape, promise: string, hours: number | null, calendar: string): PromiseTerms {
  const workingTime = (shape.calendars ?? calendars)[calendar];
  const target = targetsOfPromises[promise];
  if (!workingTime || !target) throw new Error(`the laws' policy names '${promise}' in '${calendar}'`);
  return {
    id: promise,
    digest: JSON.stringify([promise, hours, calendar, shape.retarget, shape.reopen, shape.fromCreation, shape.pausing]),
    target,
    commitment: promise === 'reply_goal' ? 'objective' : 'target',
    duration: hours === null ? null : { kind: 'work', ms: hours * hour, text: `${hours}h` },
    calendar: workingTime,
    pausesIn:
      shape.pauses ??
      (({ category }: TicketStatus, requesterWrote: boolean) =>
        promise !== 'stay' && (category === 'waiting_other' || (category === 'waiting_requester' && !requesterWrote))),
    solvedBy: ({ category }: TicketStatus) => category === 'solved' || category === 'closed',
    warnings: [
      { kind: 'percent', percent: 50, label: '50%' },
      { kind: 'percent', percent: 80, label: '80%' },
      { kind: 'remaining', ms: 15 * 60_000, label: '-15m' },
    ],
    retarget: shape.retarget,
    reopen: shape.reopen,
    fromCreation: shape.fromCreation,
    attainment: null,
    holidayStretch: null,
    suspendedInSurge: promise === 'reply_goal' || promise === 'next',
    escalations: shape.escalations ?? [{ name: 'lead', anchor: 'due', offsetMs: hour, recipients: ['lead'] }],
  };
}

/** No tickets and no updates by telephone; an escalation after an update, with its reason. */
function judgeRequest({ kind, channel, supplied, earlier }: RequestMade): RequestVerdict {
  const refuse = (code: string, missing: readonly string[], advice: string): RequestVerdict => ({
    accepted: false,
    code,
    what: kind,
    missing,
    advice,
  });
  if (channel === 'telephone') return refuse('wrong_channel', [], 'Use the portal.');
  if (kind !== 'escalation') return { accepted: true, recipients: [] };
  if (!earlier.includes('update')) return refuse('too_early', [], 'Ask for an update first.');
  if (!supplied.includes('reason')) return refuse('information_missing', ['reason'], 'Say why.');
  return { accepted: true, recipients: ['account manager', 'head of support'] };
}

/** A policy of one matrix: priority × promise → hours in a calendar. Plan `silver` promises no `fixed`, any other but `gold` nothing. */
export function compile(shape: Shape): CompiledPolicy {
  const resolutions = new Map<string, Resolution>();
  for (const [priority, cell] of Object.entries(shape.cells)) {
    for (const plan of ['gold', 'silver']) {
      const promises = Object.entries({ ...cell, ...shape.plans?.[plan] }).flatMap(([promise, at]) =>
        at && (plan === 'gold' || promise !== 'fixed') ? [terms(shape, promise, at.hours, at.calendar)] : [],
      );
      resolutions.set(`${plan} ${priority}`, { covered: true, promises });
    }
  }
  const none: Resolution = { covered: false, code: 'plan_without_promise', reason: 'The plan promises nothing' };
  return {
    id: shape.id,
    title: shape.id,
    version: `${shape.id}-1`,
    settleMs: 5_000,
    reopenWindowMs: 28 * 24 * hour,
    sealAfterMs: 90 * 24 * hour,
    agentFirstPriority: 'correction',
    onReclassify: shape.onReclassify ?? 'retract',
    countsBots: false,
    countsAutoReplies: false,
    plans: [],
    priorities: [],
    classification: {
      mode: 'decide',
      defaultPriority: () => 'normal',
      rules: [],
      requesterChoice: {
        acceptedChannels: 'any',
        at: 'any_time',
        rulesMayLower: true,
        rulesMayRaise: true,
        raiseFrom: 0.6,
      },
      reviewBelow: 0,
    },
    calendars: new Map(Object.entries(shape.calendars ?? calendars)),
    schemeOf: () => 'default',
    findPriority: (text) => (shape.unknown?.includes(text) ? null : text),
    resolve: (ticket: TicketAttributes, priority) =>
      resolutions.get(`${ticket.plan ?? 'gold'} ${priority ?? 'normal'}`) ?? none,
    queueOrder: '',
    placeInQueue: () => '',
    nextOpening: () => null,
    judgeRequest,
    takesFromMessage: (_request, confidence) => confidence >= 0.8,
    escalationHandledBy: () => shape.handledBy ?? 'word',
  };
}

const cells = (calendarOfNormal: string): Readonly<Record<string, Cell>> => ({
  urgent: {
    reply: { hours: 1, calendar: 'always' },
    reply_goal: { hours: 0.5, calendar: 'always' },
    next: { hours: 2, calendar: 'always' },
    update: { hours: 4, calendar: 'always' },
    asked: { hours: 1, calendar: 'followTheSun' },
    taken: { hours: 0.5, calendar: 'always' },
    fixed: { hours: 8, calendar: 'always' },
    stay: { hours: 4, calendar: 'always' },
  },
  normal: {
    reply: { hours: 2, calendar: calendarOfNormal },
    next: { hours: 4, calendar: calendarOfNormal },
    update: { hours: 16, calendar: calendarOfNormal },
    taken: { hours: 1, calendar: calendarOfNormal },
    fixed: { hours: 24, calendar: calendarOfNormal },
    stay: { hours: 8, calendar: calendarOfNormal },
  },
  low: {
    reply: { hours: 8, calendar: 'followTheSun' },
    fixed: { hours: 80, calendar: 'nights' },
    next: { hours: 8, calendar: 'followTheSun' },
  },
  measured: {
    reply: { hours: null, calendar: 'berlin' },
    fixed: { hours: null, calendar: 'berlin' },
    asked: { hours: null, calendar: 'always' },
  },
});

const policies: readonly CompiledPolicy[] = [
  compile({ id: 'from-start', retarget: 'fromStart', reopen: 'resume', fromCreation: false, cells: cells('berlin') }),
  compile({ id: 'carry', retarget: 'carryElapsed', reopen: 'newCycle', fromCreation: true, cells: cells('nights') }),
  compile({ id: 'restart', retarget: 'restart', reopen: 'resume', fromCreation: false, cells: cells('followTheSun') }),
  compile({
    id: 'stand',
    onReclassify: 'stand',
    retarget: 'fromStart',
    reopen: 'resume',
    fromCreation: false,
    cells: cells('berlin'),
  }),
  compile({
    id: 'lenient',
    retarget: 'fromStart',
    reopen: 'resume',
    fromCreation: false,
    cells: {
      ...cells('berlin'),
      urgent: { reply: { hours: 2, calendar: 'always' }, fixed: { hours: 16, calendar: 'always' } },
    },
  }),
  compile({
    id: 'strict',
    handledBy: 'resources',
    retarget: 'fromStart',
    reopen: 'resume',
    fromCreation: false,
    pausing: 'nothing',
    pauses: () => false,
    unknown: ['low'],
    cells: {
      urgent: { reply: { hours: 0.5, calendar: 'always' }, fixed: { hours: 4, calendar: 'always' } },
      normal: {
        reply: { hours: 1, calendar: 'always' },
        next: { hours: 2, calendar: 'always' },
        asked: { hours: 2, calendar: 'always' },
        stay: { hours: 8, calendar: 'berlin' },
      },
    },
  }),
];

export const lawsPolicies: ReadonlyMap<string, CompiledPolicy> = new Map(policies.map((policy) => [policy.id, policy]));
