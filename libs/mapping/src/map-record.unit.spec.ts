import { describe, expect, it } from 'vitest';
import { loadRecordMapping, type RecordMapping } from './load-record-mapping.js';
import { mapRecord, type RecordOutcome } from './map-record.js';
import type { UpstreamRecord } from './upstream-record.js';

const NOON = Date.parse('2026-03-02T12:00:00Z');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function mappingOf(text: string): RecordMapping {
  const loaded = loadRecordMapping(`mapping: 1\n${text}`, { source: 'desk' });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.mapping;
}

function record(value: unknown, more: Partial<UpstreamRecord> = {}): UpstreamRecord {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    topic: 'up',
    partition: 2,
    offset: 41,
    timestamp: NOON,
    key: null,
    value: bytes(text),
    headers: {},
    ...more,
  };
}

/** Events as `id` with their data; what is no event as `kind: reason`. */
function said(outcome: RecordOutcome): unknown {
  if (outcome.kind === 'events') return outcome.events.map(({ id, data }) => [id, data]);
  return outcome.kind === 'ignored' ? `ignored: ${outcome.reason}` : `${outcome.code}: ${outcome.reason}`;
}

const debezium = mappingOf(`format: json
ticket: $key.id
time: { column: payload.ts_us, format: epoch-us }
sequence: payload.lsn
create: { at: payload.after.created_us, priority: { column: payload.after.urgency } }
assignment: { person: { column: payload.after.owner } }
status:
  when: { payload.after.state: { differs: payload.before.state } }
  name: { column: payload.after.state }
  category: { column: payload.after.state, map: { new: open, done: solved } }
events:
  - { when: { payload.op: [c, r] }, emit: create }
  - { when: { payload.op: d }, emit: delete }
otherwise: columns-only
`);
const key = bytes('{"id":7}');
const at = { ts_us: 1772452800123456, lsn: 9 };

describe('the tickets that a record names as related', () => {
  const mapping = mappingOf(`format: json
ticket: id
time: { column: at }
event: change
create: { related: { column: links } }
events:
  - { when: { kind: opened }, emit: create }
  - { when: { kind: linked }, emit: { fields: { related: [{ column: links }, { column: parent.id }] } } }
`);
  const told = (value: object): unknown =>
    said(mapRecord(mapping, record({ id: 7, at: '2026-03-02T10:00:00Z', change: 'c1', ...value }), NOON));

  it('may stand in a list', () => {
    expect(told({ kind: 'opened', links: ['8', 9] })).toEqual([
      ['c1/created', { origin: 'requester', related: ['8', '9'] }],
    ]);
    expect(told({ kind: 'linked', links: ['8'], parent: { id: 'A' } })).toEqual([
      ['c1/fields', { related: ['8', 'A'], kind: 'change' }],
    ]);
  });

  it('are none by a list that is empty, and left as they are where there is none', () => {
    expect(told({ kind: 'linked', links: [] })).toEqual([['c1/fields', { related: [], kind: 'change' }]]);
    expect(told({ kind: 'linked' })).toEqual([]);
    expect(told({ kind: 'linked', links: null })).toEqual([]);
  });

  it('are texts, where they stand in a list', () => {
    expect(told({ kind: 'linked', links: [{ id: 8 }] })).toBe(
      "not_a_text: 'links' is a list of something other than texts: name what is in it, such as links.0",
    );
  });
});

describe('a record of change data capture', () => {
  it('creates a ticket with all that it says', () => {
    const after = { state: 'new', owner: null, urgency: 'high', created_us: at.ts_us };
    const outcome = mapRecord(debezium, record({ payload: { op: 'c', after, before: null, ...at } }, { key }), NOON);
    expect(outcome.kind === 'events' && outcome.events).toMatchObject([
      {
        id: 'up/2/41/created',
        source: 'desk',
        ticket: '7',
        type: 'ticket.created',
        occurredAt: 1772452800123,
        receivedAt: NOON,
        sequence: 9,
        data: { priority: 'high', status: { name: 'new', category: 'open' }, assignee: { person: null, team: null } },
      },
    ]);
  });

  it('says what differs, and when the ticket was created', () => {
    const before = { state: 'new', owner: 'ann' };
    const after = { state: 'new', owner: 'bob', created_us: at.ts_us - 60_000_000 };
    const claim = { ticket: { createdAt: 1772452740123 } };
    expect(said(mapRecord(debezium, record({ payload: { op: 'u', before, after, ...at } }, { key }), NOON))).toEqual([
      ['up/2/41/assignment', { assignee: { person: 'bob', team: null }, ...claim }],
    ]);
  });

  it('says nothing of what it does not mention, and nothing at all as a tombstone', () => {
    expect(
      said(mapRecord(debezium, record({ payload: { op: 'd', before: {}, after: null, ...at } }, { key }), NOON)),
    ).toEqual([['up/2/41/deleted', { spam: false }]]);
    expect(said(mapRecord(debezium, record('', { key, value: null }), NOON))).toBe('ignored: a tombstone says nothing');
  });
});

describe('a path', () => {
  const paths = mappingOf(`format: json
ticket: a\\.b.0
time: { column: $timestamp, format: epoch-ms }
event: id
create: { customer: { column: $headers.x.y } }
events: [{ when: { $topic: up }, emit: create }]
`);

  it('reaches into lists, names with dots, headers and the record itself', () => {
    const outcome = mapRecord(
      paths,
      record('{"a.b":[12345678901234567890],"id":1}', { headers: { 'x.y': bytes('acme') } }),
      NOON,
    );
    expect(outcome.kind === 'events' && outcome.events).toMatchObject([
      { id: '1/created', ticket: '12345678901234567890', occurredAt: NOON, sequence: -1, data: { customer: 'acme' } },
    ]);
  });

  it.each([
    ['not JSON', '{', /^not_json: the value is not JSON/],
    ['Avro', '\u0000abc', /^not_json: .*Punctual reads JSON/],
    [
      'an object where a text is wanted',
      '{"a.b":[{"id":1}]}',
      /^not_a_text: 'a\\.b\.0' is an object: name what is in it, such as a\\.b\.0\.id/,
    ],
    ['no ticket', '{}', /^no_ticket: 'a\\.b\.0' is empty or not there/],
  ])('that finds %s is told', (_, text, told) => {
    expect(said(mapRecord(paths, record(text), NOON))).toMatch(told);
  });
});

describe('a record that is a CloudEvent', () => {
  const own = mappingOf('format: cloudevents\n');
  const event = {
    specversion: '1.0',
    id: 'e1',
    source: 'desk',
    subject: 'T1',
    type: 'ticket.restored',
    time: '2026-03-02T11:00:00Z',
    data: {},
  };

  it('is taken as it is, structured or binary', () => {
    const { specversion, data: _data, ...attributes } = event;
    const headers = Object.entries({ specversion, ...attributes }).map(([name, text]) => [`ce_${name}`, bytes(text)]);
    const binary = record({}, { headers: Object.fromEntries(headers) as Record<string, Uint8Array> });
    for (const one of [record(event), binary]) {
      expect(said(mapRecord(own, one, NOON))).toEqual([['e1', {}]]);
    }
  });

  it.each([
    ['another source', { ...event, source: 'other' }, /^wrong_source: /],
    ['an unknown type', { ...event, type: 'ticket.sung' }, /^invalid_event: \/type: 'ticket.sung'/],
    ['no envelope', { ticket: 1 }, /^not_a_cloud_event: /],
  ])('of %s is told', (_, value, told) => {
    expect(said(mapRecord(own, record(value), NOON))).toMatch(told);
  });
});

describe('a mapping of records', () => {
  const sound =
    'mapping: 1\nformat: json\nticket: t\ntime: { column: at }\nevents: [{ when: { k: a }, emit: create }]\n';
  it.each([
    ['Avro', 'mapping: 1\nformat: avro\n', /^2:1 'avro' cannot be read .*JSON/],
    ['no format', 'mapping: 1\n', /says what they are/],
    ['columns of a CloudEvent', 'mapping: 1\nformat: cloudevents\nticket: t\n', /^3:1 'ticket' is not known here/],
    ['a first row', `${sound}create: { on: first-row }\n`, /does not know whether it is the first/],
    ['an unknown place', sound.replace('ticket: t', 'ticket: $value'), /^3:9 '\$value' is not known/],
    ['a file', `${sound}file: {}\n`, /'file' is not known here/],
  ])('with %s is refused where it stands', (_, text, told) => {
    const loaded = loadRecordMapping(text, { source: 'desk' });
    const [first] = 'problems' in loaded ? loaded.problems : [];
    expect(`${first?.line}:${first?.column} ${first?.message}`).toMatch(told);
  });

  it('needs a source from somewhere', () => {
    const loaded = loadRecordMapping(sound);
    expect('problems' in loaded && loaded.problems[0]?.message).toMatch(/source is nowhere/);
  });
});
