import 'reflect-metadata';
import { ticketPartition, topics, type SlaEvent, type TicketEvent } from '@punctual/contracts';
import { openDataSource } from '@punctual/service-kit';
import { openStoredLog, type EventLog } from '@punctual/stream';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Product } from '../kafka/product.js';
import { ticketEvents } from '../pipeline/ticket-events.js';
import { punctual, type Ended } from './punctual.spec-kit.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** When a ticket that was closed is sealed by all means, in minutes. */
const SEALED_AFTER = 95 * 1_440;
const start = Date.parse('2026-03-02T09:00:00Z');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What people wrote, and who they are: none of it is a word of the policy. */
const phrase = 'quokka at zanzibar';
const requester = 'person-7f3a';
const people = [requester, 'agent-9c1b', 'granter-55de', 'assignee-20ab'];
const [, agent, granter, assignee] = people;

let product: Product;
let dataSource: DataSource;
let log: EventLog;

beforeAll(async () => {
  product = await Product.start({});
  await product.publishPolicy();
  dataSource = await openDataSource({ url: product.database.url, poolSize: 2, applicationName: 'forget-test' });
  log = await openStoredLog({ KAFKA_PREFIX: '', KAFKA_SSL: false }, dataSource, { clientId: 'test', logger: silent });
}, 90_000);
afterAll(async () => {
  await log.close();
  await dataSource.destroy();
  await product.stop();
});

const run = (...args: string[]): Promise<Ended> => punctual({ DATABASE_URL: product.database.url }, ...args);

/** Puts on the log what intake would not let through. */
async function smuggle(ticket: string, value: unknown, topic: string = topics.received): Promise<void> {
  const partition = ticketPartition('desk', ticket, log.partitions);
  await log.publish([{ topic, partition, key: `desk/${ticket}`, value }]);
}

/** Where in the whole database a text stands: `schema.table.column`, of every column that could hold it. */
async function placesOf(text: string): Promise<string[]> {
  const columns: { place: string; of: string; column: string; type: string }[] = await dataSource.query(
    `SELECT format('%s.%s.%s', c.table_schema, c.table_name, c.column_name) AS place,
            format('%I.%I', c.table_schema, c.table_name) AS of, format('%I', c.column_name) AS column, c.data_type AS type
       FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
        AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')`,
  );
  const found: string[] = [];
  for (const { place, of, column, type } of columns) {
    const shown = type === 'bytea' ? `encode(${column}, 'escape')` : `${column}::text`;
    const [row]: { there: boolean }[] = await dataSource.query(
      `SELECT EXISTS (SELECT FROM ${of} WHERE position($1 IN ${shown}) > 0) AS there`,
      [text],
    );
    if (row?.there === true) found.push(place);
  }
  return found;
}

async function everything(): Promise<string[]> {
  return (await Promise.all([phrase, ...people].map(placesOf))).flat();
}

async function said(ticket: string): Promise<SlaEvent[]> {
  const found: SlaEvent[] = [];
  await log.scan(topics.sla, ({ value }) => void found.push(value as SlaEvent));
  return found.filter((event) => event.ticket === ticket);
}

async function get(path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${product.slaClock.url}${path}`)).json()) as Record<string, unknown>;
}

const attainment = async (): Promise<unknown> => (await get('/v1/attainment?policy=acme'))['rows'];

describe('forgetting a requester', () => {
  const one = ticketEvents('desk', 'ONE', start);
  const by = (role: string, id: string | undefined) => ({ actor: { role, id } });
  const created = one.created(0, {
    ...by('requester', requester),
    subject: phrase,
    body: `The ${phrase} is down for all of us.`,
    fields: { note: phrase, Environment: `Production, ${phrase}`, phone: 5_550_123 },
  });
  let before: { said: SlaEvent[]; attainment: unknown; view: Record<string, unknown> };

  it('begins with tickets that hold what somebody wrote in many places', async () => {
    const events: TicketEvent[] = [
      created,
      one.make('ticket.message.added', 1, {
        ...by('requester', requester),
        visibility: 'public',
        autoReply: false,
        body: phrase,
      }),
      one.make('ticket.assignment.changed', 2, {
        ...by('agent', agent),
        assignee: { person: assignee, team: 'support' },
      }),
      one.make('ticket.request.made', 3, {
        ...by('requester', requester),
        request: 'update',
        supplied: { why: phrase },
      }),
      one.make('ticket.priority.changed', 4, { ...by('agent', agent), priority: 'urgent', reason: phrase }),
      one.make('ticket.waiver.granted', 70, { ...by('agent', granter), promise: 'response', reason: phrase }),
    ];
    for (const event of events) {
      await product.deliver(event);
      await product.reach(event.occurredAt + MINUTE / 2);
    }
    await product.deliver(ticketEvents('desk', 'TWO', start).created(72, by('requester', 'somebody-else')));
    const broken = { ...one.agent(73), type: 'ticket.unheard.of', data: { ...by('agent', agent), text: phrase } };
    await smuggle('ONE', { kind: 'event', event: broken, policy: 'acme' });
    await product.deliver(
      one.make('ticket.waiver.granted', 74, { ...by('agent', granter), promise: 'solution', reason: phrase }),
    );
    await product.reach(start + 75 * MINUTE);
    const torn = ticketEvents('desk', 'TORN', start).created(74, by('requester', requester));
    await smuggle('TORN', {
      kind: 'event',
      event: { ...torn, data: { ...torn.data, subject: { not: phrase } } },
      policy: 'acme',
    });
    await product.reach(start + 75 * MINUTE);
    const places = await everything();
    for (const place of [
      'stream.record.value',
      'classifier.ticket.inputs',
      'classifier.parked.record',
      'sla_clock.ticket.state',
      'sla_clock.clock.view',
    ]) {
      expect(places).toContain(place);
    }
    before = { said: await said('ONE'), attainment: await attainment(), view: await get('/v1/tickets/desk/ONE') };
    expect(before.said.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['sla.clock.breached', 'sla.breach.waived']),
    );
  }, 120_000);

  it('says first what would go, and does nothing', async () => {
    const places = await everything();
    const told = await run('forget', '--source', 'desk', '--requester', requester);
    expect(told).toMatchObject({ code: 0, stderr: '2 tickets\nnothing was done; add --yes to erase this\n' });
    expect(told.stdout).toMatch(/^desk +ONE +\d+ +7 +1 +\d+$/m);
    expect(await everything()).toEqual(places);
  }, 60_000);

  it('leaves neither words nor ids anywhere, and every verdict as it was', async () => {
    const done = await run('forget', '--source', 'desk', '--requester', requester, '--yes');
    expect(done).toMatchObject({ code: 0, stderr: '2 tickets\n2 forgotten\n' });
    await product.reach(start + 76 * MINUTE);
    expect(await everything()).toEqual([]);
    expect(await placesOf('somebody-else')).not.toEqual([]);
    const withoutReason = (events: readonly SlaEvent[]) =>
      events.map((event) => (event.type === 'sla.breach.waived' ? { ...event, reason: '' } : event));
    expect(withoutReason(await said('ONE'))).toEqual(withoutReason(before.said));
    expect((await said('ONE')).find(({ type }) => type === 'sla.breach.waived')?.reason).toBe(
      'Waived by agent forgotten: forgotten',
    );
    expect(await attainment()).toEqual(before.attainment);
    const view = await get('/v1/tickets/desk/ONE');
    expect(view['priority']).toEqual(before.view['priority']);
    expect(view).toMatchObject({ incomplete: false });
    expect((await run('dlq', 'list')).stderr).toBe('0 dead letters\n');
  }, 90_000);

  it('lets later events fold as if nothing had been erased, also from the start', async () => {
    const told = await said('ONE');
    // Dated before what was folded: the whole timeline is read again.
    await product.reach(start + 80 * MINUTE);
    await smuggle('ONE', {
      kind: 'event',
      event: one.make('ticket.message.added', 45, {
        actor: { role: 'agent' },
        visibility: 'internal',
        autoReply: false,
      }),
      policy: 'acme',
    });
    await product.reach(start + 81 * MINUTE);
    expect(await said('ONE')).toEqual(told);
    await product.deliver(one.agent(82));
    await product.deliver(one.requester(83));
    await product.deliver(one.agent(90));
    await product.reach(start + 91 * MINUTE);
    const since = (await said('ONE')).slice(told.length);
    expect(since.filter(({ corrects }) => corrects !== null)).toEqual([]);
    expect(since.map(({ type, promise }) => `${type} ${promise ?? ''}`)).toEqual(
      expect.arrayContaining(['sla.clock.completed response', 'sla.clock.met answer']),
    );
    expect((await get('/v1/tickets/desk/ONE'))['priority']).toEqual(before.view['priority']);
  }, 90_000);

  it('does no harm when it is done again', async () => {
    const told = await said('ONE');
    const rows = await attainment();
    // Delivered once more it is known, and goes no further than the log.
    await smuggle('ONE', { kind: 'event', event: created, policy: 'acme' });
    await product.reach(start + 91 * MINUTE + 10_000);
    expect([...new Set(await everything())]).toEqual(['stream.record.value']);
    const again = await run('forget', '--source', 'desk', '--ticket', 'ONE', '--yes');
    expect(again).toMatchObject({ code: 0, stderr: '1 ticket\n1 forgotten\n' });
    expect((await run('forget', '--source', 'desk', '--requester', requester, '--yes')).stderr).toBe(
      '0 tickets\n0 forgotten\n',
    );
    await product.reach(start + 91 * MINUTE + 20_000);
    expect(await everything()).toEqual([]);
    expect(await said('ONE')).toEqual(told);
    expect(await attainment()).toEqual(rows);
    const notes: { ticket: string }[] = await dataSource.query(
      'SELECT c.ticket FROM classifier.forgotten c JOIN sla_clock.forgotten s USING (request_id) WHERE NOT c.fields_kept ORDER BY 1',
    );
    expect(notes).toEqual(['ONE', 'ONE', 'TORN'].map((ticket) => ({ ticket })));
  }, 90_000);

  it('reads what was erased as nothing', async () => {
    await smuggle('ONE', { kind: 'forgotten' });
    await smuggle('ONE', { kind: 'forgotten' }, topics.classified);
    await product.reach(start + 96 * MINUTE);
    expect((await run('dlq', 'list')).stderr).toBe('0 dead letters\n');
  }, 60_000);

  it('is told which tickets it is about', async () => {
    expect(await run('forget', '--source', 'desk')).toMatchObject({ code: 2, stdout: '' });
  }, 30_000);
});

describe('forgetting who answered an escalation', () => {
  it('leaves that it was answered', async () => {
    const asked = ticketEvents('desk', 'ESCALATED', start);
    const by = (id: string | undefined) => ({ actor: { role: 'agent', id } });
    const resources = [{ who: assignee, what: phrase }];
    await product.deliver(asked.created(92, { actor: { role: 'requester', id: requester } }));
    await product.deliver(asked.make('ticket.request.made', 93, { request: 'escalation' }));
    await product.deliver(asked.make('ticket.escalation.acknowledged', 94, { ...by(agent), reason: phrase }));
    await product.deliver(asked.make('ticket.escalation.resolved', 95, { ...by(granter), resources }));
    await product.deliver(
      asked.make('ticket.escalation.resolved', 95.1, { ...by(granter), escalation: 'not yet raised', reason: phrase }),
    );
    await product.reach(start + 97 * MINUTE);
    const view = async () => (await get('/v1/tickets/desk/ESCALATED'))['escalations'];
    expect(await view()).toMatchObject([{ standing: 'resolved', resolved: { by: by(granter).actor, resources } }]);
    expect(await everything()).toEqual(
      expect.arrayContaining(['sla_clock.sla_event.value', 'sla_clock.ticket.state', 'sla_clock.ticket_event.event']),
    );
    const done = await run('forget', '--source', 'desk', '--ticket', 'ESCALATED', '--yes');
    expect(done).toMatchObject({ code: 0 });
    await product.reach(start + 98 * MINUTE);
    expect(await everything()).toEqual([]);
    expect(await view()).toMatchObject([
      { standing: 'resolved', resolved: { by: { role: 'agent', id: 'forgotten' }, resources: [{ who: 'forgotten' }] } },
    ]);
    const told = (await said('ESCALATED')).find(({ type }) => type === 'sla.escalation.resolved');
    expect(told?.reason).toBe('Resolved by agent forgotten: with forgotten (forgotten)');
  }, 90_000);
});

describe('what forgetting leaves', () => {
  const by = { actor: { role: 'requester', id: 'person-2b2b' } };

  it('are fields on which a decision rests, and it says so', async () => {
    // A word that stands for what was erased is a priority here: erasing the requester's own would raise the ticket.
    await product.publishPolicy((yaml) => yaml.replace('aliases: [urgent]', 'aliases: [urgent, forgotten]'));
    const kept = ticketEvents('desk', 'KEPT', start);
    await product.deliver(kept.created(100, { ...by, priority: 'please soon' }));
    await product.reach(start + 101 * MINUTE);
    const decided = (await get('/v1/tickets/desk/KEPT'))['priority'];
    expect(await placesOf('please soon')).toContain('classifier.ticket.inputs');
    const done = await run('forget', '--source', 'desk', '--ticket', 'KEPT', '--yes');
    expect(done).toMatchObject({ code: 0 });
    expect(done.stderr).toContain('desk/KEPT: what was decided rests on its fields, so the classifier keeps them\n');
    await product.reach(start + 102 * MINUTE);
    expect(await placesOf('please soon')).toEqual(['classifier.ticket.inputs']);
    expect(await placesOf(by.actor.id)).toEqual([]);
    expect((await get('/v1/tickets/desk/KEPT'))['priority']).toEqual(decided);
    const [note] = await dataSource.query<{ fields_kept: boolean }[]>(
      `SELECT fields_kept FROM classifier.forgotten WHERE ticket = 'KEPT'`,
    );
    expect(note).toEqual({ fields_kept: true });
  }, 90_000);

  /** What was said of a ticket long ago has gone with its topics; here it goes from the embedded log by hand. */
  async function sealed(ticket: string, day: number, data: Record<string, unknown>): Promise<void> {
    const closed = ticketEvents('desk', ticket, start + day * DAY);
    await product.deliver(closed.created(0, data));
    await product.deliver(closed.status(1, 'closed'));
    for (const minutes of [2, SEALED_AFTER, SEALED_AFTER + 1])
      await product.reach(start + day * DAY + minutes * MINUTE);
    expect(await get(`/v1/tickets/desk/${ticket}`)).toMatchObject({ sealedAt: expect.any(String) as string });
    await dataSource.query(`DELETE FROM stream.record WHERE key = $1`, [`desk/${ticket}`]);
  }

  it('are no sealed tickets: the classifier knows whose their form fields are, as long as it keeps them', async () => {
    await sealed('SEALED', 1, { ...by, fields: { note: phrase } });
    expect(await placesOf(phrase)).toEqual(['classifier.ticket.inputs']);
    expect(await placesOf(by.actor.id)).toEqual(['classifier.ticket.requesters']);
    const told = await run('forget', '--source', 'desk', '--requester', by.actor.id);
    expect(told.stdout).toMatch(/^desk +SEALED /m);
    expect(told.stderr).not.toContain('sealed');
    const done = await run('forget', '--source', 'desk', '--requester', by.actor.id, '--yes');
    expect(done).toMatchObject({ code: 0 });
    expect(await placesOf(phrase)).toEqual([]);
    expect(await placesOf(by.actor.id)).toEqual([]);
    expect((await run('forget', '--source', 'desk', '--requester', by.actor.id)).stderr).toContain('0 tickets\n');
  }, 120_000);

  it('is nothing of a sealed ticket in the SLA clock: not a column says who its requester was or what they wrote', async () => {
    await sealed('SILENT', 101, { ...by, subject: phrase, body: phrase, customer: 'big-co' });
    expect(await placesOf(phrase)).toEqual([]);
    expect(await placesOf(by.actor.id)).toEqual(['classifier.ticket.requesters']);
    // 28 days later the classifier lets go of it, too.
    for (const minutes of [0, 2, 4]) await product.reach(start + 220 * DAY + minutes * MINUTE);
    expect(await placesOf(by.actor.id)).toEqual([]);
    expect(await get('/v1/tickets/desk/SILENT')).toMatchObject({ sealedAt: expect.any(String) as string });
  }, 120_000);

  it('are sealed tickets whose requester nothing ever named, and it says how many', async () => {
    await sealed('NAMELESS', 230, { fields: { note: phrase } });
    expect(await placesOf(phrase)).toEqual(['classifier.ticket.inputs']);
    const told = await run('forget', '--source', 'desk', '--requester', 'somebody-unheard-of');
    expect(told.stderr).toContain('form fields of 1 sealed ticket of desk, whose requesters are not known any more');
    const done = await run('forget', '--source', 'desk', '--ticket', 'NAMELESS', '--yes');
    expect(done).toMatchObject({ code: 0 });
    expect(await placesOf(phrase)).toEqual([]);
  }, 120_000);
});
