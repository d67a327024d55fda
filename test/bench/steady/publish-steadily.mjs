// A process of its own: publishes events through the event-log port as intake does, so many a second, with a watermark a second to each
// partition in turn. The first records it publishes are the courses of the tickets that are copied; it goes on when it is told that they are.
import { setTimeout as pause } from 'node:timers/promises';
import { ticketPartition } from '@punctual/contracts';
import { createDataSource, createLogger } from '@punctual/service-kit';
import { openEventLog, pinoStreamLogger, streamMigrations } from '@punctual/stream';
import { randomFrom } from '../measure.mjs';
import { POLICY, watermark } from '../pipeline/load-events.mjs';
import { begin, copyName, courseSoFar, happening, modelName, SOURCE } from './open-tickets.mjs';

/** Events go out so often. */
const EVERY_MS = 50;

const { brokers, databaseUrl, partitions, models, count, perSecond } = JSON.parse(process.argv[2]);
const dataSource = await createDataSource({
  ...{ url: databaseUrl, schema: 'bench', entities: [], migrations: streamMigrations },
  ...{ poolSize: 2, applicationName: 'bench' },
});
const log = await openEventLog(
  { KAFKA_BROKERS: brokers, PARTITIONS: partitions, KAFKA_PREFIX: '', KAFKA_SSL: false },
  dataSource,
  { clientId: 'bench-load', logger: pinoStreamLogger(createLogger({ service: 'bench', level: 'warn' }).pino) },
);

const told = () => new Promise((resolve) => process.once('message', resolve));
let next = told();
await publishCourses();
process.send({ kind: 'seeded', until: begin });
await next;
next = told();
const stopped = { is: false };
void next.then(() => (stopped.is = true));
await publishSteadily();
await log.close();
await dataSource.destroy();
process.disconnect();

async function publishCourses() {
  for (let from = 0; from < models; from += 200) {
    const places = Array.from({ length: Math.min(200, models - from) }, (_, index) => from + index);
    await log.publish(
      places.flatMap((place) => courseSoFar(modelName(place), place).map((event) => record(place, event))),
    );
  }
  await log.publish(watermark(begin, partitions));
}

async function publishSteadily() {
  const random = randomFrom(7);
  const startedAt = Date.now();
  const now = () => begin + (Date.now() - startedAt);
  process.send({ kind: 'started', startedAt });
  let sent = 0;
  let watermarks = 0;
  while (!stopped.is) {
    await pause(EVERY_MS);
    const at = now();
    const until = Math.floor(((at - begin) / 1_000) * perSecond);
    const records = [];
    for (; sent < until; sent += 1) {
      const place = Math.floor(random() * models);
      const copy = Math.floor(random() * (count + 1));
      const ticket = copy === 0 ? modelName(place) : copyName(place, copy);
      records.push(record(place, happening(ticket, sent, at - Math.floor(random() * 300))));
    }
    // Intake goes round the partitions within a second.
    for (; at >= begin + (watermarks / partitions) * 1_000; watermarks += 1) {
      records.push(...watermark(at, partitions).slice(watermarks % partitions, (watermarks % partitions) + 1));
    }
    await log.publish(records);
  }
}

/** A copy lives in the partition of what it is a copy of. */
function record(place, event) {
  const partition = ticketPartition(SOURCE, modelName(place), partitions);
  return {
    topic: 'tickets.received',
    partition,
    key: `${event.source}/${event.ticket}`,
    value: { kind: 'event', event, policy: POLICY },
  };
}
