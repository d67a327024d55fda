import { loadRecordMapping, openDocument, type MappingProblem, type RecordMapping } from '@punctual/mapping';
import { ConfigError, type ConfigProblem } from '@punctual/service-kit';
import { kafkaSecurity, type KafkaConnection } from '@punctual/stream';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { IntakeConfig } from './intake-config.js';

/** A stream that feeds intake, ready to be read. */
export interface UpstreamStream {
  readonly name: string;
  readonly topic: string;
  readonly group: string;
  readonly start: 'earliest' | 'latest';
  readonly mapping: RecordMapping;
  readonly connection: KafkaConnection;
  /** Whether the stream is in the cluster of our own log, by configuration. */
  readonly inOwnCluster: boolean;
}

const broker = z.string().regex(/^[^\s:/]+:\d{1,5}$|^\[[^\]]+\]:\d{1,5}$/, "expected 'host:port'");
const file = z.string().min(1);

const Cluster = z.strictObject({
  brokers: z.array(broker).min(1),
  ssl: z.union([z.boolean(), z.strictObject({ ca: file })]).default(false),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().min(1),
      passwordFile: file,
    })
    .optional(),
});

const Stream = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,59}$/, 'a name has small letters, digits, - and _, at most 60'),
  topic: z.string().regex(/^[A-Za-z0-9._-]{1,249}$/, 'expected the name of a topic'),
  mapping: file,
  source: z.string().min(1).max(200).optional(),
  policy: z.string().min(1).max(200).optional(),
  group: z.string().min(1).max(200).optional(),
  start: z.enum(['earliest', 'latest']).default('earliest'),
  /** Another cluster than that of KAFKA_BROKERS. */
  cluster: Cluster.optional(),
});
type Stream = z.infer<typeof Stream>;

const UpstreamsDocument = z.strictObject({ upstreams: z.array(Stream).min(1, 'list at least one stream') });

const guide = 'docs/connect/kafka.md describes it.';

/**
 * The streams that UPSTREAMS lists, each with its mapping; none where it is unset. Paths in the file are relative to it.
 * @throws ConfigError with every problem found: file, line, column
 */
export function readUpstreams(config: IntakeConfig): readonly UpstreamStream[] {
  const path = config.UPSTREAMS;
  if (path === undefined) return [];
  const text = readText(path, [], path);
  const opened = openDocument(text);
  if ('problems' in opened) throw new ConfigError(opened.problems.map((problem) => told(path, problem)));
  const parsed = opened.parse(UpstreamsDocument);
  if ('problems' in parsed) throw new ConfigError(parsed.problems.map((problem) => told(path, problem)));
  const problems: ConfigProblem[] = [];
  const streams = parsed.document.upstreams.flatMap((stream, index) => {
    const at = (message: string, key: string): ConfigProblem =>
      told(path, opened.at(['upstreams', index, key], message));
    if (parsed.document.upstreams.findIndex(({ name }) => name === stream.name) !== index) {
      problems.push(at(`'${stream.name}' stands here twice; positions go by the name`, 'name'));
    }
    if (stream.cluster === undefined && config.KAFKA_BROKERS === undefined) {
      problems.push(at("the stream names no 'cluster', and KAFKA_BROKERS is not set", 'topic'));
    }
    const where = (named: string): string => resolve(dirname(path), named);
    const mapping = readMapping(where(stream.mapping), stream, problems, at);
    const connection = connectionOf(config, stream, where, problems, at);
    if (mapping === null || connection === null) return [];
    const { name, topic, start } = stream;
    const group = stream.group ?? `${config.KAFKA_PREFIX}intake.upstream.${name}`;
    return [{ name, topic, start, group, mapping, connection, inOwnCluster: isInOwnCluster(config, stream) }];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return streams;
}

type At = (message: string, key: string) => ConfigProblem;

function readMapping(path: string, stream: Stream, problems: ConfigProblem[], at: At): RecordMapping | null {
  const before = problems.length;
  const text = readText(path, problems, path, (message) => at(message, 'mapping'));
  if (problems.length > before) return null;
  const loaded = loadRecordMapping(text, { source: stream.source, policy: stream.policy });
  if ('mapping' in loaded) return loaded.mapping;
  problems.push(...loaded.problems.map((problem) => told(path, problem)));
  return null;
}

function connectionOf(
  config: IntakeConfig,
  { cluster }: Stream,
  where: (named: string) => string,
  problems: ConfigProblem[],
  at: At,
): KafkaConnection | null {
  const clientId = `punctual-intake-${config.INSTANCE_ID}`;
  if (cluster === undefined) {
    return config.KAFKA_BROKERS === undefined
      ? null
      : { brokers: config.KAFKA_BROKERS, clientId, ...kafkaSecurity(config) };
  }
  const before = problems.length;
  const read = (named: string): string =>
    readText(where(named), problems, where(named), (message) => at(message, 'cluster')).trim();
  const { ssl, sasl, brokers } = cluster;
  const security = kafkaSecurity({
    KAFKA_SSL: ssl !== false,
    ...(typeof ssl === 'object' ? { KAFKA_SSL_CA: read(ssl.ca) } : {}),
    ...(sasl === undefined
      ? {}
      : {
          KAFKA_SASL_MECHANISM: sasl.mechanism,
          KAFKA_SASL_USERNAME: sasl.username,
          KAFKA_SASL_PASSWORD: read(sasl.passwordFile),
        }),
  });
  return problems.length > before ? null : { brokers, clientId, ...security };
}

function isInOwnCluster(config: IntakeConfig, { cluster }: Stream): boolean {
  return cluster === undefined && config.KAFKA_BROKERS !== undefined;
}

function readText(
  path: string,
  problems: ConfigProblem[],
  shown: string,
  at?: (message: string) => ConfigProblem,
): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const what = `the file '${shown}' cannot be read (${code})`;
    if (at === undefined)
      throw new ConfigError([{ variable: 'UPSTREAMS', what, fix: 'Name a file that this process may read.' }]);
    problems.push(at(what));
    return '';
  }
}

function told(path: string, { line, column, message }: MappingProblem): ConfigProblem {
  return { variable: 'UPSTREAMS', what: `${path}:${line}:${column}: ${message}`, fix: guide };
}
