import { describe, expect, it } from 'vitest';
import { loadMapping, type Mapping } from './load-mapping.js';
import { mapRow, ticketOf, type Row, type RowOutcome } from './map-row.js';
import { noMemory, type TicketMemory } from './ticket-memory.js';

function mappingOf(text: string): Mapping {
  const loaded = loadMapping(`mapping: 1\nsource: desk\nticket: case\ntime: { column: at }\n${text}`);
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.mapping;
}

function run(mapping: Mapping, rows: readonly Row[]): RowOutcome[] {
  const memories = new Map<string | null, TicketMemory>();
  return rows.map((row) => {
    const outcome = mapRow(mapping, row, memories.get(ticketOf(mapping, row)) ?? noMemory);
    if (outcome.memory) memories.set(outcome.ticket, outcome.memory);
    return outcome;
  });
}

/** Events as `id data`, one list for each row; what is no event as its reason. */
function said(mapping: Mapping, rows: readonly Row[]): unknown[] {
  return run(mapping, rows).map((outcome) =>
    outcome.kind === 'events' ? outcome.events.map((event) => event.id) : `${outcome.kind}: ${outcome.reason}`,
  );
}

const row = (minute: number, values: Row): Row => ({
  case: 'T1',
  at: `2026-03-02T09:${String(minute).padStart(2, '0')}:00Z`,
  ...values,
});

const byColumns = mappingOf(`
actor: { role: { column: who, map: { SYSTEM: system }, else: agent }, id: { column: who, none: [SYSTEM] } }
create: { priority: { column: urgency } }
assignment: { person: { column: who, none: [SYSTEM] }, team: { column: team } }
status:
  name: { column: state }
  category: { column: state, map: { New: open, Wait: waiting_requester, Done: solved, Void: null } }
events:
  - { when: { state: Void }, emit: delete }
  - { when: { who: ROBOT }, ignore: a machine }
otherwise: columns-only
`);

describe('tickets that are named as related', () => {
  const mapping = mappingOf(`
create: { related: [{ column: parent, none: ['-'] }, { column: links, split: ';' }] }
events:
  - { when: { act: linked }, emit: { fields: { related: { column: links, split: ';' }, kind: correction } } }
  - { when: { act: unlinked }, emit: { fields: { related: [] } } }
  - { when: { act: outage }, emit: { fields: { related: OUTAGE-1 } } }
otherwise: columns-only
`);
  const told = (values: Row): unknown => {
    const [, outcome] = run(mapping, [row(0, { parent: '-', links: '' }), row(1, values)]);
    return outcome?.kind === 'events' ? outcome.events.map(({ type, data }) => [type, data]) : outcome;
  };

  it('are named by its creation, from one column or several, each once', () => {
    const created = (values: Row): unknown => {
      const [outcome] = run(mapping, [row(0, values)]);
      return outcome?.kind === 'events' && outcome.events[0]?.data;
    };
    expect(created({ parent: '7', links: '8; 9 ;;7' })).toEqual({ origin: 'requester', related: ['7', '8', '9'] });
    expect(created({ parent: '-', links: ' ' })).toEqual({ origin: 'requester' });
  });

  it('are named by a later row, which says nothing of them where its column is empty', () => {
    const type = 'ticket.fields.changed';
    expect(told({ act: 'linked', links: '8' })).toEqual([[type, { related: ['8'], kind: 'correction' }]]);
    expect(told({ act: 'linked', links: '' })).toEqual([]);
    expect(told({ act: 'outage', links: '' })).toEqual([[type, { related: ['OUTAGE-1'], kind: 'change' }]]);
  });

  it('are taken away by an empty list', () => {
    expect(told({ act: 'unlinked', links: '' })).toEqual([['ticket.fields.changed', { related: [], kind: 'change' }]]);
  });

  it('are no more than an event may name', () => {
    const many = Array.from({ length: 21 }, (_none, index) => String(index)).join(';');
    expect(said(mapping, [row(0, { parent: '-', links: many })])[0]).toMatch(
      /^rejected: ticket\.created \/data\/related/,
    );
  });
});

describe('columns that describe a ticket', () => {
  it('create it with all that its first row says, and later tell only what changed', () => {
    const rows = [
      row(0, { who: 'ann', team: 'a', state: 'New', urgency: 'High' }),
      row(1, { who: 'ann', team: 'a', state: 'New', urgency: 'High' }),
      row(2, { who: 'bob', team: 'a', state: 'Wait', urgency: 'High' }),
      row(3, { who: 'SYSTEM', team: 'a', state: 'Done', urgency: 'High' }),
    ];
    expect(said(byColumns, rows)).toEqual([
      ['T1/0/created'],
      [],
      ['T1/2/assignment', 'T1/2/status'],
      ['T1/3/assignment', 'T1/3/status'],
    ]);
    const [first, , , last] = run(byColumns, rows);
    expect(first?.kind === 'events' && first.events[0]).toMatchObject({
      source: 'desk',
      ticket: 'T1',
      type: 'ticket.created',
      occurredAt: Date.parse('2026-03-02T09:00:00Z'),
      sequence: 0,
      data: {
        priority: 'High',
        assignee: { person: 'ann', team: 'a' },
        status: { name: 'New', category: 'open' },
      },
    });
    expect(last?.kind === 'events' && last.events.map(({ data }) => data)).toEqual([
      { actor: { role: 'system' }, assignee: { person: null, team: 'a' } },
      { actor: { role: 'system' }, status: { name: 'Done', category: 'solved' } },
    ]);
  });

  it('give a row of any outcome its place, so that a corrected mapping moves no id', () => {
    expect(
      said(byColumns, [
        row(0, { who: 'ROBOT', team: 'a', state: 'New' }),
        row(1, { who: 'ann', team: 'a', state: 'Odd' }),
        row(2, { who: 'ann', team: 'a', state: 'New' }),
        row(3, { who: 'ann', team: 'a', state: 'Void' }),
      ]),
    ).toEqual([
      'ignored: a machine',
      "rejected: 'map' of column 'state' lacks 'Odd'",
      ['T1/2/created'],
      ['T1/3/deleted'],
    ]);
  });

  it('reject what cannot be read, with the reason', () => {
    const good = { who: 'ann', team: 'a', state: 'New' };
    const outcomes = run(byColumns, [
      { ...row(0, good), case: ' ' },
      { ...row(0, good), at: '2026-03-02 09:00' },
      { ...row(0, good), urgency: 'x'.repeat(300) },
    ]);
    expect(outcomes.map((outcome) => outcome.kind === 'rejected' && [outcome.code, outcome.reason])).toEqual([
      ['no_ticket', "column 'case' is empty"],
      ['unreadable_time', "column 'at' is '2026-03-02 09:00', which is not a time in the format iso"],
      ['invalid_event', expect.stringContaining('ticket.created /data/priority') as unknown],
    ]);
  });
});

const byActivity = mappingOf(`
event: id
sequence: seq
create: { on: rule, at: opened }
events:
  - { when: { act: open }, emit: create }
  - { when: { act: answer, public: { not: no } }, emit: [ reply, { status: { name: Pending, category: waiting_requester } } ] }
  - { when: { act: answer }, emit: note }
  - { when: { act: write }, emit: { message: { role: requester, body: { column: text } } } }
  - { when: { act: [done, fixed] }, emit: solve }
  - { when: { act: end }, emit: close }
  - { when: { act: again }, emit: [ reopen, { request: { kind: update } } ] }
  - { when: { act: raise }, emit: { priority: { to: { column: text }, kind: change } } }
  - { when: { act: join }, emit: { merge: { into: { column: text } } } }
`);

describe('rows that name an activity', () => {
  const act = (minute: number, name: string, values: Row = {}): Row =>
    row(minute, { id: `e${minute}`, seq: String(minute + 10), act: name, ...values });

  it('become the events their rule names, with the ids and order of the log', () => {
    const rows = [
      act(5, 'open', { opened: '2026-03-02T08:00:00Z' }),
      act(6, 'answer'),
      act(7, 'answer', { public: 'no' }),
      act(8, 'write', { text: 'still broken' }),
      act(9, 'fixed'),
      act(10, 'done'),
      act(11, 'again'),
      act(12, 'raise', { text: 'P1' }),
      act(13, 'join', { text: 'T2' }),
    ];
    expect(said(byActivity, rows)).toEqual([
      ['e5/created'],
      ['e6/message', 'e6/status'],
      ['e7/note'],
      ['e8/message'],
      ['e9/status'],
      [],
      ['e11/status', 'e11/request'],
      ['e12/priority'],
      ['e13/merged'],
    ]);
    const [created, answered, noted, wrote] = run(byActivity, rows).map(
      (outcome) => outcome.kind === 'events' && outcome.events[0],
    );
    expect(created).toMatchObject({ occurredAt: Date.parse('2026-03-02T08:00:00Z'), sequence: 15 });
    expect(answered).toMatchObject({ data: { actor: { role: 'agent' }, visibility: 'public' } });
    expect(noted).toMatchObject({ data: { visibility: 'internal' } });
    expect(wrote).toMatchObject({ data: { actor: { role: 'requester' }, body: 'still broken' } });
  });

  it('are rejected where no rule names them, or nothing created their ticket', () => {
    expect(said(byActivity, [act(1, 'done'), act(2, 'dance')])).toEqual([
      'rejected: no earlier row created this ticket, and this one does not',
      "rejected: no rule of 'events' names act='dance', public=''",
    ]);
  });
});
