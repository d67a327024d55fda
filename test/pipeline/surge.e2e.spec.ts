import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { ticketPartition, topics, type SlaEvent } from '@punctual/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothLogs } from './event-logs.spec-kit.js';
import { Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const SOURCE = 'busy';
const PARTITIONS = 4;
const MINUTE = 60_000;
const start = Date.parse('2026-03-02T12:00:00Z');
const surgeRule = `
surge:
  title: Too much work
  away: { above: 0.3, clears: 0.1 }
  suspends: [objective]
  tellNextOpening: office
`;

const acmeText = readFileSync(new URL('./acme.policy.yaml', import.meta.url), 'utf8');

async function published(pipeline: Pipeline): Promise<SlaEvent[]> {
  return (await pipeline.recordsOn(topics.sla)).map(({ value }) => value as SlaEvent);
}

onBothLogs('a surge of the desk', (newLog) => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await Pipeline.start({ log: newLog(), policy: surgeRule });
  });
  afterAll(() => pipeline.stop());

  const solution = async (path = `/v1/tickets/${SOURCE}/S-1`) => {
    const { body } = await pipeline.get(path);
    const clocks = (body['clocks'] ?? []) as Record<string, unknown>[];
    return clocks.find(({ promise }) => promise === 'solution');
  };
  const tick = async (minute: number) => {
    await pipeline.tick(start + minute * MINUTE);
    await pipeline.settled();
    await pipeline.walked();
  };

  it('suspends what the policy names, from its instant on', async () => {
    const { created } = ticketEvents(SOURCE, 'S-1', start);
    await pipeline.send(created(0));
    await tick(10);
    expect(await solution()).toMatchObject({ outcome: 'running' });
    await pipeline.surge('surge-1', 'started', start + 20 * MINUTE);
    await pipeline.surge('surge-2', 'started', start + 21 * MINUTE);
    await tick(30);
    expect(await solution()).toMatchObject({ outcome: 'paused', reason: 'surge', elapsedMs: 20 * MINUTE });
    const stored = await pipeline.dataSource.query(
      `SELECT promise, phase FROM sla_clock.clock WHERE ticket = 'S-1' AND promise IN ('response', 'solution') ORDER BY promise`,
    );
    expect(stored).toEqual([
      { promise: 'response', phase: 'running' },
      { promise: 'solution', phase: 'paused' },
    ]);
    expect(await solution(`/v1/tickets/${SOURCE}/S-1/explain`)).toMatchObject({
      segments: expect.arrayContaining([expect.objectContaining({ reason: 'surge' })]) as unknown,
    });
  });

  it.each([
    [15, 1],
    [25, 0],
  ])(
    'counts in a preview: 20 minutes worked until it began break a promise of %d minutes %d times',
    async (minutes, broken) => {
      const shorter = acmeText.replace('{ priority: P2, within: 16h }', `{ priority: P2, within: ${minutes}m }`);
      const answer = await fetch(`${pipeline.url}/v1/policies/acme/preview?mode=retroactive`, {
        method: 'POST',
        headers: { 'content-type': 'application/yaml' },
        body: `${shorter}${surgeRule}`,
      });
      expect(await answer.json()).toMatchObject({ status: 'new', clocks: { newlyBreached: broken } });
    },
  );

  it('leaves a contract alone', async () => {
    await tick(125);
    const events = await pipeline.slaEvents(SOURCE, 'S-1');
    expect(events.filter(({ type }) => type === 'sla.clock.breached')).toMatchObject([
      { promise: 'response', at: start + 120 * MINUTE },
    ]);
  });

  it('is told in the queue, with when the next team arrives, and as a figure', async () => {
    const { body } = await pipeline.get('/v1/queue?policy=acme');
    expect(body).toMatchObject({
      surge: { since: '2026-03-02T12:20:00.000Z', reason: 'half the team is ill' },
      nextOpening: '2026-03-03T08:00:00.000Z',
    });
    const metrics = await (await fetch(`${pipeline.url}/metrics`)).text();
    expect(metrics).toMatch(/^punctual_surge\{.*policy="acme".*\} 1$/m);
  });

  it('ends, and what was suspended goes on with what it had', async () => {
    await pipeline.surge('surge-3', 'ended', start + 180 * MINUTE);
    await pipeline.surge('surge-3', 'ended', start + 180 * MINUTE);
    await tick(200);
    expect(await solution()).toMatchObject({ outcome: 'running', elapsedMs: 40 * MINUTE });
    expect((await pipeline.get('/v1/queue?policy=acme')).body).toMatchObject({ surge: null, nextOpening: null });
    const metrics = await (await fetch(`${pipeline.url}/metrics`)).text();
    expect(metrics).toMatch(/^punctual_surge\{.*policy="acme".*\} 0$/m);
  });

  it('is published once, about the desk and no ticket', async () => {
    const surges = (await published(pipeline)).filter(({ type }) => type.startsWith('sla.surge.'));
    expect(surges).toMatchObject([
      { type: 'sla.surge.started', at: start + 20 * MINUTE, policy: 'acme', source: '', ticket: '', mode: 'live' },
      { type: 'sla.surge.ended', at: start + 180 * MINUTE, startedAt: start + 20 * MINUTE, cause: 'surge-3' },
    ]);
  });

  it('says the same when the log is read again', async () => {
    const again = await Pipeline.start({ log: newLog(), policy: surgeRule });
    try {
      const records = await pipeline.recordsOn(topics.received);
      await again.log.publish(records.map(({ topic, partition, key, value }) => ({ topic, partition, key, value })));
      await again.settled();
      await again.walked(start + 200 * MINUTE);
      const ids = (events: readonly SlaEvent[]) =>
        events.flatMap(({ type, id }) => (type === 'sla.clock.warning' ? [] : [id])).sort();
      const before = ids(await published(pipeline));
      expect(before.length).toBeGreaterThan(4);
      expect(ids(await published(again))).toEqual(before);
    } finally {
      await again.stop();
    }
  });

  it('reaches very many open tickets, also across a restart', async () => {
    const names = Array.from({ length: 6_000 }, (_, index) => `M-${index}`)
      .filter((name) => ticketPartition(SOURCE, name, PARTITIONS) === 1)
      .slice(0, 1_200);
    expect(names).toHaveLength(1_200);
    await pipeline.send(...names.map((name) => ticketEvents(SOURCE, name, start).created(205)));
    await tick(210);
    await pipeline.surge('surge-4', 'started', start + 212 * MINUTE);
    await pipeline.settled();
    await pipeline.stopServices();
    await pipeline.startServices();
    const walked = async () => {
      const { body } = await pipeline.get('/v1/policies/acme/walk');
      const walks = body['walks'] as Record<string, unknown>[];
      return walks.find(({ surge }) => surge === 'surge-4')?.['state'];
    };
    expect(await walked()).toBe('waiting');
    for (let minute = 213; (await walked()) !== 'finished'; minute += 1 / 60) {
      expect(minute).toBeLessThan(214);
      await tick(minute);
    }
    const [row] = await pipeline.dataSource.query<{ n: number }[]>(
      `SELECT count(*)::integer AS n FROM sla_clock.clock WHERE ticket LIKE 'M-%' AND phase = 'paused'`,
    );
    expect(row?.n).toBe(1_200);
  });

  it('reaches those that were solved before it was told', async () => {
    const { created, status } = ticketEvents(SOURCE, 'S-2', start);
    await pipeline.surge('surge-5', 'ended', start + 220 * MINUTE);
    await pipeline.send(created(230), status(260, 'solved'));
    await tick(270);
    await pipeline.surge('surge-6', 'started', start + 240 * MINUTE);
    for (let minute = 271; minute < 276; minute += 1) await tick(minute);
    expect(await solution(`/v1/tickets/${SOURCE}/S-2`)).toMatchObject({ outcome: 'met', elapsedMs: 10 * MINUTE });
  });
});
