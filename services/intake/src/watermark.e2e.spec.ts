import { topics, type Watermark } from '@punctual/contracts';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCK_SPACE, locks } from './advisory-locks.js';
import { created, NOON, PARTITIONS, runIntake, send, type RunningIntake } from './running-intake.spec-kit.js';
import { BEGINNING_OF_TIME } from './sources.js';

let running: RunningIntake;
beforeEach(async () => {
  running = await runIntake();
});
afterEach(() => running.stop());

/** A busy machine takes its time. */
const patient = { timeout: 20_000 };

async function watermarks(partition: number): Promise<readonly Watermark[]> {
  const records = await running.received(partition);
  return records.map((record) => record.value as Watermark).filter((value) => value.kind === 'watermark');
}

async function lastWatermark(): Promise<Watermark | undefined> {
  return (await watermarks(0)).at(-1);
}

describe('a watermark', () => {
  it('goes to every partition with the wall time, behind what was acknowledged before it', async () => {
    await running.send(
      'POST',
      '/v1/events',
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => created(`e${n}`, { subject: `T-${n}` })),
    );
    running.clock.advance(1_000);
    expect(await running.intake.tick()).toBe('appended');
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const records = await running.received(partition);
      expect(records.at(-1)).toMatchObject({
        key: 'watermark',
        value: { kind: 'watermark', at: NOON + 1_000, sources: {} },
      });
    }
  });

  it('never goes back when the clock does', async () => {
    await running.intake.tick();
    running.clock.set(NOON - 5_000);
    expect(await running.intake.tick()).toBe('clock_went_back');
    running.clock.set(NOON + 1);
    expect(await running.intake.tick()).toBe('appended');
    expect((await watermarks(0)).map((value) => value.at)).toEqual([NOON, NOON + 1]);
  });

  it('is appended by one instance; another takes over when it stops or loses its connection', async () => {
    const other = await running.another();
    expect(await running.intake.tick()).toBe('appended');
    expect(await other.tick()).toBe('standing_by');
    const metrics = await (await fetch(`${other.url}/metrics`)).text();
    expect(metrics).toContain('punctual_intake_watermark_leader{service="intake"} 0');
    expect(metrics).toContain('punctual_intake_watermark_age_seconds{service="intake"} 0');
    await running.dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND granted`,
      [LOCK_SPACE, locks.watermarkLeader],
    );
    await expect.poll(() => other.tick()).toBe('appended');
    await expect.poll(() => running.intake.tick()).toBe('standing_by');
    await other.stop();
    expect(await running.intake.tick()).toBe('appended');
  });

  it('comes by itself at the interval', async () => {
    await running.another({ WATERMARK_INTERVAL_MS: '20' });
    await expect.poll(async () => (await watermarks(1)).length).toBeGreaterThan(2);
  });

  it('goes round the partitions within the interval, so that they do not all fold in one moment', async () => {
    const moving = setInterval(() => running.clock.advance(1), 2);
    try {
      const other = await running.another({ WATERMARK_INTERVAL_MS: '240' });
      await expect.poll(async () => (await watermarks(PARTITIONS - 1)).length, patient).toBeGreaterThan(2);
      await other.stop();
    } finally {
      clearInterval(moving);
    }
    const appended = await allWatermarks();
    const instants = appended.map(({ at }) => at);
    expect(new Set(instants).size).toBe(instants.length);
    const rounds = appended.sort((a, b) => a.at - b.at).map(({ partition }) => partition);
    expect(rounds).toEqual(rounds.map((_partition, place) => place % PARTITIONS));
  });

  it('is one for all partitions at once while a session lasts', async () => {
    await running.send('POST', '/v1/sources/desk/sessions');
    const moving = setInterval(() => running.clock.advance(1), 2);
    try {
      const other = await running.another({ WATERMARK_INTERVAL_MS: '240' });
      await expect.poll(async () => (await watermarks(PARTITIONS - 1)).length, patient).toBeGreaterThan(2);
      await running.send('POST', '/v1/sources/desk/sessions/end');
      await expect.poll(async () => (await lastWatermark())?.sources, patient).toEqual({});
      await other.stop();
    } finally {
      clearInterval(moving);
    }
    const withSession = (await allWatermarks()).filter(({ sources }) => 'desk' in sources);
    const instants = new Set(withSession.map(({ at }) => at));
    expect(withSession).toHaveLength(instants.size * PARTITIONS);
    // None that came to a partition without it stands before one with it.
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const said = (await watermarks(partition)).map(({ sources }) => 'desk' in sources);
      expect(said.lastIndexOf(true)).toBe(instants.size - 1);
    }
  });
});

async function allWatermarks(): Promise<(Watermark & { partition: number })[]> {
  const partitions = Array.from({ length: PARTITIONS }, (_none, partition) => partition);
  const each = await Promise.all(
    partitions.map(async (partition) => (await watermarks(partition)).map((value) => ({ ...value, partition }))),
  );
  return each.flat();
}

describe('a historical session', () => {
  const desk = '/v1/sources/urn%3Adesk%2Fone-two';
  const name = 'urn:desk/one-two';

  it('holds the time of its source still until progress is declared, and lets it go at its end', async () => {
    const begun = await running.send('POST', `${desk}/sessions`);
    expect([begun.status, begun.body]).toEqual([201, { source: name, policy: null, mode: 'historical', at: null }]);
    await running.intake.tick();
    expect((await lastWatermark())?.sources).toEqual({ [name]: { at: BEGINNING_OF_TIME, mode: 'historical' } });

    const at = '2012-05-01T08:00:00.000Z';
    const moved = await running.send('POST', `${desk}/progress`, { at });
    expect(moved).toMatchObject({ status: 200, body: { mode: 'historical', at } });
    await running.intake.tick();
    expect((await lastWatermark())?.sources[name]?.at).toBe(Date.parse(at));

    const ended = await running.send('POST', `${desk}/sessions/end`);
    expect(ended).toMatchObject({ status: 200, body: { mode: 'live', at: null } });
    await running.intake.tick();
    await running.intake.tick();
    expect((await lastWatermark())?.sources).toEqual({});
    expect((await running.send('GET', '/v1/sources')).body).toEqual([
      { source: name, policy: null, mode: 'live', at: null },
    ]);
  });

  it('ends only once a watermark has carried its last progress, so that its tail is folded as history', async () => {
    await running.send('POST', `${desk}/sessions`);
    await running.intake.tick();
    const at = NOON - 3_600_000;
    await running.send('POST', `${desk}/progress`, { at: new Date(at).toISOString() });
    expect((await running.send('POST', `${desk}/sessions/end`)).status).toBe(200);
    await running.intake.tick();
    expect((await lastWatermark())?.sources).toEqual({ [name]: { at, mode: 'historical' } });
    await running.intake.tick();
    expect((await lastWatermark())?.sources).toEqual({});
  });

  it('cannot begin anew before it has ended', async () => {
    await running.send('POST', `${desk}/sessions`);
    await running.send('POST', `${desk}/sessions/end`);
    const early = await running.send('POST', `${desk}/sessions`, { at: '2020-01-01T00:00:00Z' });
    expect([early.status, early.body['code']]).toEqual([503, 'sources_busy']);
    await running.intake.tick();
    expect((await running.send('POST', `${desk}/sessions`, { at: '2020-01-01T00:00:00Z' })).status).toBe(201);
  });

  it('goes on only', async () => {
    const at = '2012-05-01T08:00:00.000Z';
    expect((await running.send('POST', `${desk}/progress`, { at })).body).toMatchObject({
      status: 409,
      code: 'no_session',
    });
    await running.send('POST', `${desk}/sessions`, { at });
    const back = await running.send('POST', `${desk}/progress`, { at: '2012-05-01T07:59:59.999Z' });
    expect(back.body).toMatchObject({ status: 409, code: 'progress_backwards', current: { mode: 'historical', at } });
    expect((await running.send('POST', `${desk}/progress`, { at })).status).toBe(200);
    expect((await running.send('POST', `${desk}/sessions`, { at })).status).toBe(201);
    const reopened = await running.send('POST', `${desk}/sessions`, { at: '2013-01-01T00:00:00Z' });
    expect(reopened.body).toMatchObject({ status: 409, code: 'session_open', current: { at } });
    const ahead = await running.send('POST', `${desk}/progress`, { at: '2026-03-02T12:05:01Z' });
    expect(ahead.body).toMatchObject({ status: 422, code: 'future_progress' });
  });

  it('refuses what is no instant, no field, or no name', async () => {
    const noZone = await running.send('POST', `${desk}/progress`, { at: '2012-05-01T08:00:00' });
    expect(noZone.body).toMatchObject({ status: 422, problems: [{ code: 'invalid_field', path: '/at' }] });
    const unknown = await running.send('POST', `${desk}/sessions`, { until: 'x' });
    expect(unknown.body).toMatchObject({ status: 422, problems: [{ code: 'unknown_field' }] });
    expect((await running.send('PUT', '/v1/sources/a%20b', { policy: 'rewst' })).body).toMatchObject({
      code: 'invalid_source',
    });
    const policy = await running.send('PUT', '/v1/sources/desk', { policy: 'tin' });
    expect(policy.body).toMatchObject({ status: 422, code: 'unknown_policy', problems: [{ path: '/policy' }] });
  });

  it('waits for a watermark in hand, so that none without it follows its acknowledgement', async () => {
    await running.intake.tick();
    const holder = new pg.Client({ connectionString: running.database.url });
    await holder.connect();
    // A slow append: the partition's head row is locked, as by another publisher's long transaction.
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM stream.head WHERE topic = $1 FOR UPDATE', [topics.received]);
    const ticking = running.intake.tick();
    await pause(100);
    let answered = false;
    const beginning = running.send('POST', `${desk}/sessions`).then((answer) => {
      answered = true;
      return answer;
    });
    await pause(150);
    expect(answered).toBe(false);
    await holder.query('COMMIT');
    await holder.end();
    expect(await ticking).toBe('appended');
    expect((await beginning).status).toBe(201);
    await running.intake.tick();
    const sessions = (await watermarks(0)).map((value) => Object.keys(value.sources).length);
    expect(sessions).toEqual([0, 0, 1]);
  });

  it('is always in the watermarks after its acknowledgement, whoever appends them', async () => {
    const other = await running.another({ WATERMARK_INTERVAL_MS: '1' });
    for (let round = 0; round < 10; round += 1) {
      const source = `desk-${round}`;
      expect((await send(other.url, 'POST', `/v1/sources/${source}/sessions`)).status).toBe(201);
      const before = (await watermarks(0)).length;
      await expect.poll(async () => (await watermarks(0)).length, { interval: 2 }).toBeGreaterThan(before + 2);
      const after = (await watermarks(0)).slice(before);
      expect(after.every((value) => source in value.sources)).toBe(true);
    }
  });

  it('does not begin while a watermark that was cut off may still arrive', async () => {
    await running.intake.tick();
    const holder = new pg.Client({ connectionString: running.database.url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM stream.head WHERE topic = $1 FOR UPDATE', [topics.received]);
    const ticking = running.intake.tick();
    await pause(100);
    // The leader's connection breaks in mid-append: its locks are gone, its append is not.
    await running.dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2 AND granted`,
      [LOCK_SPACE, locks.sources],
    );
    const busy = await running.send('POST', `${desk}/sessions`);
    expect(busy.body).toMatchObject({ status: 503, code: 'sources_busy' });
    expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(1);
    await holder.query('COMMIT');
    await holder.end();
    expect(await ticking).toBe('failed');
    await running.dataSource.query('UPDATE intake.watermark SET unsettled_until = clock_timestamp()');
    expect((await running.send('POST', `${desk}/sessions`)).status).toBe(201);
    expect(await running.intake.tick()).toBe('appended');
    expect(Object.keys((await lastWatermark())?.sources ?? {})).toEqual([name]);
  });
});
