import {
  containerEngineAnswers,
  startContainerKafka,
  startLocalKafka,
  whyNoLocalKafka,
  type LocalKafka,
} from '@punctual/local-kafka';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserFault } from '../user-fault.js';
import { keepRunning } from './keep-running.js';

export interface RunningKafka {
  /** `host:port` of its broker. */
  readonly brokers: string;
  /** Where it came from, for people. */
  readonly described: string;
  stop(): Promise<void>;
}

export interface StartKafkaOptions {
  /** Where its data is kept across starts. */
  readonly directory: string;
  readonly onDownload: (done: number, total: number) => void;
  readonly say: (line: string) => void;
}

/**
 * Starts a Kafka of one broker: Apache Kafka from its published jars where Java and Maven are, else in a container where an engine
 * answers. The first keeps its data in plain files and needs no rights beyond ours, so it comes first.
 * @throws UserFault `no_kafka`
 */
export async function startKafka(options: StartKafkaOptions): Promise<RunningKafka> {
  const reason = await whyNoLocalKafka();
  if (reason === null) return startFromJars(options);
  if (await containerEngineAnswers()) return startInContainer(options.directory);
  throw new UserFault(
    'no_kafka',
    `There is no Kafka to start here: no container engine answers, and ${reason}.\n` +
      'Install Java 17 or newer and Maven (Debian, Ubuntu: apt-get install openjdk-17-jre-headless maven; macOS: brew install openjdk maven) ' +
      'or a container engine, or set KAFKA_BROKERS to a cluster. Without --kafka Punctual needs none of them.',
  );
}

async function startFromJars({ directory, onDownload, say }: StartKafkaOptions): Promise<RunningKafka> {
  let kafka: LocalKafka | undefined;
  const kept = await keepRunning({
    name: 'Kafka',
    say,
    begin: async () => {
      if (kafka === undefined) kafka = await startLocalKafka({ brokers: 1, directory, onDownload });
      else await kafka.start(0);
      const { ended, stop } = kafka;
      return { ended: ended(0), stop };
    },
  }).catch((error: unknown) => {
    const what = error instanceof Error ? error.message : String(error);
    throw new UserFault('kafka_failed', `Kafka did not start.\n${what}`, { cause: error });
  });
  const brokers = kafka?.brokers.join(',') ?? '';
  return { brokers, described: `Apache Kafka on ${brokers}, in ${directory}`, stop: () => kept.stop() };
}

async function startInContainer(directory: string): Promise<RunningKafka> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'cluster-id');
  if (!existsSync(file)) writeFileSync(file, `A${randomBytes(15).toString('base64url').slice(0, 20)}A`);
  const clusterId = readFileSync(file, 'utf8').trim();
  const { brokers, stop } = await startContainerKafka({ directory: join(directory, 'data'), clusterId });
  return { brokers: brokers.join(','), described: `Apache Kafka in a container, on ${brokers.join(',')}`, stop };
}
