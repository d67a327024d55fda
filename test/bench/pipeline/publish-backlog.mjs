// A process of its own: puts a backlog of tickets on `tickets.received` through the event-log port, as intake does.
import { createDataSource, createLogger } from '@punctual/service-kit';
import { openEventLog, pinoStreamLogger, streamMigrations } from '@punctual/stream';
import { loadEvents, received, watermark } from './load-events.mjs';

const { brokers, databaseUrl, partitions, tickets, eventsPerWatermark } = JSON.parse(process.argv[2]);
const dataSource = await createDataSource({
  url: databaseUrl,
  schema: 'bench',
  entities: [],
  migrations: streamMigrations,
  poolSize: 2,
  applicationName: 'bench',
});
const log = await openEventLog(
  { KAFKA_BROKERS: brokers, PARTITIONS: partitions, KAFKA_PREFIX: '', KAFKA_SSL: false },
  dataSource,
  { clientId: 'bench-load', logger: pinoStreamLogger(createLogger({ service: 'bench', level: 'warn' }).pino) },
);
const events = loadEvents(tickets);
let bytes = 0;
for (let from = 0; from < events.length; from += eventsPerWatermark) {
  const records = events.slice(from, from + eventsPerWatermark).map((event) => received(event, partitions));
  for (const { value } of records) bytes += Buffer.byteLength(JSON.stringify(value));
  const at = records.at(-1).value.event.occurredAt;
  await log.publish([...records, ...watermark(at, partitions)]);
}
const until = events.at(-1).occurredAt + 86_400_000;
await log.publish(watermark(until, partitions));
await log.close();
await dataSource.destroy();
process.stdout.write(JSON.stringify({ events: events.length, bytes: Math.round(bytes / events.length), until }));
