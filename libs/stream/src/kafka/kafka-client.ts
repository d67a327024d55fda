import type { Kafka, LogEntry } from 'kafkajs';
import { hostname } from 'node:os';
import type { StreamLogger } from '../stream-logger.js';
import type { KafkaLogOptions } from './kafka-options.js';
import { kafkajs } from './mended-kafkajs.js';

/** What of a log's options says how to reach the brokers. */
export type KafkaConnection = Pick<KafkaLogOptions, 'brokers' | 'clientId' | 'ssl' | 'sasl' | 'socketFactory'>;

/** Makes the client whose admin, producers and consumers a log is made of. It connects to nothing yet. */
export function kafkaClient(options: KafkaConnection & { readonly logger: StreamLogger }): Kafka {
  return new kafkajs.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId ?? `punctual-${hostname()}`,
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => report(options.logger, entry),
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
    ...(options.socketFactory === undefined ? {} : { socketFactory: options.socketFactory }),
  });
}

/** Said of every producer made here, whose partitions are explicit and whose sends end on purpose. */
const beside = /switched default partitioner|^Limiting retries for the idempotent producer/;
/** What kafkajs calls an error although it comes with every rebalance, election, start or pair of transactions, and it goes on by itself. */
const passing = /rebalanc|overlapped|not aware of this member|concurrent operation on the same transaction|^Response /i;

function report(logger: StreamLogger, { level, log }: LogEntry): void {
  const { message, error, groupId, broker } = log as LogEntry['log'] & Readonly<Record<string, unknown>>;
  if (beside.test(message)) return;
  const details = { said: error, group: groupId, broker };
  if (level === kafkajs.logLevel.ERROR && !passing.test(message)) logger.warn(`kafkajs: ${message}`, details);
  else logger.info(`kafkajs: ${message}`, details);
}
