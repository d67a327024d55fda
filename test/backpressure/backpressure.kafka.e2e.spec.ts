import { topics, type SlaEvent } from '@punctual/contracts';
import { startLocalKafka, whyNoLocalKafka, type LocalKafka } from '@punctual/local-kafka';
import { kafkaUnavailable } from '@punctual/test-kit';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stranger } from '../kafka/upstream-topic.js';
import { ServiceProcesses, type Instance } from '../service-processes.spec-kit.js';
import { EventLoad } from './event-load.spec-kit.js';
import { MemoryWatch, residentMegabytes } from './memory-watch.spec-kit.js';
import { OwnPostgres } from './own-postgres.spec-kit.js';

// A broker that is stopped and killed is always started from the jars.
const reason =
  process.platform === 'linux' ? ((await kafkaUnavailable()) ?? (await whyNoLocalKafka())) : 'not on Linux';
/** What a process may come to hold beyond what it did under the same load before anything stood still, MB. */
const mostGrowth = 250;
/** Longer than intake waits for either (5 s, 10 s). */
const databaseStandsStillMs = 8_000;
const brokerStandsStillMs = 12_000;

describe.skipIf(reason !== null)(
  `a slow or absent database or broker, under load${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let postgres: OwnPostgres;
    let kafka: LocalKafka;
    let services: ServiceProcesses;
    let intake: Instance;
    let load: EventLoad;
    let memory: MemoryWatch | undefined;
    let instances: Instance[];
    let before: number[];

    beforeAll(async () => {
      [postgres, kafka] = await Promise.all([OwnPostgres.start(), startLocalKafka({ brokers: 1 })]);
      services = new ServiceProcesses({
        DATABASE_URL: postgres.url,
        DATABASE_POOL: '6',
        KAFKA_BROKERS: kafka.brokers.join(','),
        KAFKA_SESSION_MS: '3000',
        PARTITIONS: '4',
        INTAKE_MAX_IN_FLIGHT_BYTES: String(1_048_576),
        LOG_LEVEL: 'warn',
      });
      await services.build();
      intake = await services.add('intake');
      load = new EventLoad(intake.url);
    }, 90_000);
    afterAll(async () => {
      memory?.stop();
      kafka.signal(0, 'SIGCONT');
      postgres.thaw();
      await load.stop().catch(() => undefined);
      await services.stop();
      await kafka.stop();
      await postgres.stop();
    });

    async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
      const client = new pg.Client(postgres.url);
      await client.connect();
      try {
        return (await client.query<Row>(text)).rows;
      } finally {
        await client.end();
      }
    }

    /** How many events the SLA clock has recorded. */
    async function folded(): Promise<number> {
      return Number(
        (await query<{ events: string }>('SELECT count(*) AS events FROM sla_clock.ticket_event'))[0]?.events,
      );
    }

    /** Every refusal told when to come again; returns their codes. */
    function refusedInTheMeantime(): string[] {
      const refusals = load.takeRefusals();
      for (const refusal of [...refusals.values()].flat()) {
        expect(refusal).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^[1-9]\d?$/) as string });
      }
      return [...refusals.keys()].sort();
    }

    /** All of it goes on by itself: events are taken and folded, and the services say that they are ready. */
    async function recovered(): Promise<void> {
      const accepted = load.accepted.size;
      await expect.poll(() => load.accepted.size, { timeout: 40_000 }).toBeGreaterThan(accepted + 100);
      const reached = await folded();
      await expect.poll(folded, { timeout: 40_000 }).toBeGreaterThan(reached);
      for (const { url, name } of instances) {
        const ready = async () => (await fetch(`${url}/health/ready`)).status;
        await expect.poll(ready, { timeout: 40_000, message: name }).toBe(200);
      }
    }

    function assertMemoryBounded(): void {
      for (const [index, { name, process }] of instances.entries()) {
        expect(process.isAlive(), `${name} lives`).toBe(true);
        expect(memory?.most(process.pid), `most MB of ${name}`).toBeLessThan((before[index] ?? 0) + mostGrowth);
      }
    }

    it('begins with a backlog for those who come later', async () => {
      await expect.poll(() => load.accepted.size, { timeout: 60_000 }).toBeGreaterThan(500);
      instances = [intake, ...(await Promise.all([services.add('classifier'), services.add('sla-clock')]))];
      await expect.poll(folded, { timeout: 60_000 }).toBeGreaterThan(500);
      before = instances.map(({ process }) => residentMegabytes(process.pid));
      memory = new MemoryWatch(() => instances.map(({ process }) => process.pid));
      load.takeRefusals();
    }, 180_000);

    it('a database that stands still: intake refuses for now, and all goes on when it does', async () => {
      postgres.freeze();
      await pause(databaseStandsStillMs);
      expect((await fetch(`${intake.url}/health/ready`)).status).toBe(503);
      postgres.thaw();
      expect(refusedInTheMeantime()).toEqual(expect.arrayContaining(['database_unavailable', 'too_many_in_flight']));
      await recovered();
      assertMemoryBounded();
    }, 120_000);

    it('a database that dies and comes back', async () => {
      postgres.kill();
      await pause(3_000);
      await postgres.startAgain();
      expect(refusedInTheMeantime()).toContain('database_unavailable');
      await recovered();
      assertMemoryBounded();
    }, 120_000);

    it('a broker that stands still', async () => {
      kafka.signal(0, 'SIGSTOP');
      await pause(brokerStandsStillMs);
      kafka.signal(0, 'SIGCONT');
      expect(refusedInTheMeantime()).toEqual(expect.arrayContaining(['log_unavailable', 'too_many_in_flight']));
      await recovered();
      assertMemoryBounded();
    }, 120_000);

    it('a broker that dies and comes back', async () => {
      await kafka.kill(0);
      await pause(9_000);
      expect(refusedInTheMeantime()).toContain('log_unavailable');
      await kafka.start(0);
      await recovered();
      assertMemoryBounded();
    }, 120_000);

    it('and in the end nothing that was answered for is lost, no answer was waited for without end, and nothing is said twice', async () => {
      await load.stop();
      expect(load.slowestMs).toBeLessThan(20_000);
      const recorded = async () => {
        const rows = await query<{ id: string }>('SELECT event_id AS id FROM sla_clock.ticket_event');
        return new Set(rows.map(({ id }) => id));
      };
      const missing = async () => {
        const known = await recorded();
        return [...load.accepted].filter((id) => !known.has(id));
      };
      await expect.poll(missing, { timeout: 60_000, interval: 500 }).toEqual([]);
      const stranger = await Stranger.connect(kafka.brokers);
      const said = await stranger.read(topics.sla, load.accepted.size);
      await stranger.close();
      const ids = said.map(({ value }) => (JSON.parse(String(value)) as SlaEvent).id);
      expect(ids.length).toBeGreaterThan(0);
      expect(new Set(ids).size).toBe(ids.length);
    }, 120_000);
  },
);
