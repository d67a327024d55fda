import type { Clock, PolicyVersions, ServiceLogger, ServiceMetrics } from '@punctual/service-kit';
import { topics } from '@punctual/contracts';
import {
  kafkaClient,
  noteDeadLetters,
  pinoStreamLogger,
  poolSql,
  sessionTiming,
  PublishedDelivery,
  TransactionalDelivery,
  UpstreamConsumer,
  type EventLog,
  type UpstreamTiming,
} from '@punctual/stream';
import type { DataSource } from 'typeorm';
import type { IntakeConfig } from './intake-config.js';
import type { Sources } from './sources.js';
import { UpstreamMetrics } from './upstream-metrics.js';
import { StoredUpstreamPositions } from './upstream-positions.js';
import { UpstreamReader } from './upstream-reader.js';
import { redriveGroup, redriveHandler } from './upstream-redrive.js';
import { UpstreamTranslator, type GivenUp } from './upstream-translator.js';
import { Upstreams } from './upstreams.js';
import type { UpstreamStream } from './upstreams-file.js';

export interface UpstreamParts {
  readonly config: IntakeConfig;
  readonly streams: readonly UpstreamStream[];
  readonly log: EventLog;
  readonly dataSource: DataSource;
  readonly versions: PolicyVersions;
  readonly sources: Sources;
  readonly clock: Clock;
  readonly logger: ServiceLogger;
  readonly metrics: ServiceMetrics;
  readonly timing: Partial<UpstreamTiming>;
}

/** Puts the streams of an instance together; nothing is read before `start`. */
export function assembleUpstreams(parts: UpstreamParts): {
  readonly upstreams: Upstreams;
  readonly translators: ReadonlyMap<string, UpstreamTranslator>;
} {
  const { streams, log, dataSource, versions, sources, clock, metrics, config } = parts;
  if (streams.length === 0) return { upstreams: new Upstreams([]), translators: new Map() };
  const sql = poolSql(dataSource);
  const counted = new UpstreamMetrics(metrics, () => upstreams.readings());
  const policies = {
    isPublished: (policy: string) => versions.isPublished(policy),
    ofSource: async (source: string) => (await sources.policiesOf([source])).get(source) ?? config.DEFAULT_POLICY,
  };
  const translated = streams.map((stream) => ({ stream, translator: translatorOf(stream) }));
  const upstreams = new Upstreams(translated.map(({ stream, translator }) => readerOf(stream, translator, parts)));
  return { upstreams, translators: new Map(translated.map((one) => [one.stream.name, one.translator])) };

  function translatorOf({ name, mapping }: UpstreamStream): UpstreamTranslator {
    const count = (result: 'events' | 'ignored' | 'dead_letter', records: number): void =>
      counted.count(name, result, records);
    const note = (givenUp: readonly GivenUp[]): Promise<void> => noteDeadLetters(sql, log.logId, givenUp);
    return new UpstreamTranslator({
      upstream: name,
      mapping,
      policies,
      clock,
      partitions: log.partitions,
      count,
      note,
    });
  }
}

/** Follows the records that come back from the dead letters; resolves to what stops it. */
export async function followRedriven(
  log: EventLog,
  translators: ReadonlyMap<string, UpstreamTranslator>,
): Promise<() => Promise<void>> {
  if (translators.size === 0) return async () => undefined;
  const handler = redriveHandler(translators, log.logId);
  const processing = await log.process({ group: redriveGroup, topics: [topics.upstream], handler });
  return () => processing.stop();
}

function readerOf(
  stream: UpstreamStream,
  translator: UpstreamTranslator,
  { config, log, dataSource, versions, clock, logger, timing }: UpstreamParts,
): UpstreamReader {
  const { name, topic, group, start, connection, mapping } = stream;
  const positions = new StoredUpstreamPositions(dataSource, name, topic);
  const said = pinoStreamLogger(logger.pino);
  const delivery = stream.inOwnCluster
    ? new TransactionalDelivery({
        kafka: kafkaClient({ ...connection, logger: said }),
        name,
        topic,
        group,
        prefix: config.KAFKA_PREFIX,
        partitions: log.partitions,
        positions,
      })
    : new PublishedDelivery(log, positions);
  const consumer = new UpstreamConsumer({
    name,
    topic,
    group,
    start,
    connection,
    positions,
    delivery,
    timing: { ...sessionTiming(config), ...timing },
    logger: said,
    translate: (records) => translator.translate(records),
    whyNotYet: async () =>
      mapping.policy === null || (await versions.isPublished(mapping.policy))
        ? null
        : `no policy '${mapping.policy}' is published; PUT /v1/policies/${mapping.policy}`,
  });
  return new UpstreamReader({ stream, consumer, positions, clock, logger });
}
