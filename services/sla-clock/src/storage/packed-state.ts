import type { ClockState, TicketState } from '@punctual/sla-engine';

/** What a state shares with the row it stands in. */
export type StateIdentity = Pick<TicketState, 'source' | 'ticket' | 'policy' | 'policyVersion'>;

/**
 * A state as it is stored: without what its row's columns say, and without what is at its default. Of a ticket with one running clock that
 * leaves a third of the text, and a row that PostgreSQL has no need to compress.
 *
 * Reading fills the defaults in and lets what is written win. So a state written whole, before states were packed, is read as it is; and a
 * field that the engine gains later is written always until it is named here. A default, once here, can never change.
 */
export interface PackedState extends Partial<Omit<TicketState, 'attributes' | 'clocks'>> {
  readonly attributes?: Partial<TicketState['attributes']>;
  readonly clocks?: readonly PackedClock[];
}

type PackedClock = Omit<ClockState, keyof typeof clockDefaults | 'priority' | 'crossed' | 'passed'> &
  Partial<Pick<ClockState, keyof typeof clockDefaults | 'priority' | 'crossed' | 'passed'>>;

const attributeDefaults = { customer: null, plan: null, tier: null, channel: null, product: null, stage: null };

const stateDefaults = {
  lastKey: null,
  lastFiredAt: null,
  createdAt: null,
  createdId: null,
  origin: 'requester',
  priority: null,
  exclusion: null,
  covered: null,
  requesterWrote: false,
  solved: null,
  acknowledged: false,
  replied: false,
  requesterHasWritten: false,
  owed: null,
  gone: null,
  stay: null,
} as const;

const clockDefaults = {
  reason: null,
  elapsed: 0,
  targetMs: null,
  fixedDueAt: null,
  floor: null,
  dueAt: null,
  breachedAt: null,
  elapsedAtBreach: null,
  breachKey: null,
  waiver: null,
  stoppedAt: null,
  endedBy: null,
  verdictKey: null,
  nextThreshold: null,
} as const;

/** Leaves out what `unpackState` with the same `row` puts back. */
export function packState(state: TicketState, row: StateIdentity): PackedState {
  const { status, assignee, surge } = state;
  const isNew = status.name === 'new' && status.category === 'open';
  const isUnassigned = assignee.person === null && assignee.team === null;
  const packed = without(state, stateDefaults, {
    source: row.source,
    ticket: row.ticket,
    policy: row.policy,
    policyVersion: row.policyVersion,
    scheduleSeen: state.policyVersion,
    surge: surge?.edges === 0 ? surge : undefined,
    status: isNew ? status : undefined,
    assignee: isUnassigned ? assignee : undefined,
  });
  const attributes = without(state.attributes, attributeDefaults, {});
  return { ...packed, attributes, clocks: state.clocks.map((clock) => packClock(clock, state.priority)) };
}

function packClock(clock: ClockState, priority: string | null): PackedClock {
  const passed = isCrossed(clock) ? clock.passed : undefined;
  // What no clock is without has no default.
  return without(clock, clockDefaults, { priority, passed }) as PackedClock;
}

/** The state, with containers of its own. */
export function unpackState(packed: PackedState, row: StateIdentity): TicketState {
  const whole = {
    ...stateDefaults,
    ...identityOf(row),
    decisionsSeen: '',
    status: { name: 'new', category: 'open' } as const,
    assignee: { person: null, team: null },
    cycles: {},
    requests: [],
    waivers: [],
    escalationAnswers: [],
    retractions: {},
    surge: { open: false, edges: 0, digest: '' },
    ...packed,
  };
  return {
    ...whole,
    scheduleSeen: packed.scheduleSeen ?? whole.policyVersion,
    attributes: { ...attributeDefaults, fields: {}, ...packed.attributes },
    clocks: (packed.clocks ?? []).map((clock) => {
      const crossed = clock.crossed ?? [];
      return {
        ...clockDefaults,
        priority: whole.priority,
        ...clock,
        crossed,
        passed: clock.passed ?? crossed.map(({ label }) => label),
      };
    }),
  };
}

function identityOf({ source, ticket, policy, policyVersion }: StateIdentity): StateIdentity {
  return { source, ticket, policy, policyVersion };
}

/** Whether the labels passed are those crossed. */
function isCrossed({ crossed, passed }: ClockState): boolean {
  return crossed.length === passed.length && crossed.every(({ label }, place) => label === passed[place]);
}

type Fields<Whole> = Readonly<Partial<Record<keyof Whole, unknown>>>;

/** An object without the fields that have the values of `defaults` or of `told`, and without empty containers. */
function without<Whole extends object>(whole: Whole, defaults: Fields<Whole>, told: Fields<Whole>): Partial<Whole> {
  const left: Partial<Whole> = {};
  for (const name of Object.keys(whole) as (keyof Whole)[]) {
    const value = whole[name];
    if (value === defaults[name] || value === told[name] || isEmpty(value)) continue;
    left[name] = value;
  }
  return left;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}
