import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnBound } from './bound-process.js';
import { freePort } from './free-port.js';
import { kafkaJars, type DownloadListener } from './kafka-jars.js';
import { secureListeners, type KafkaLogin, type SecuredAddresses, type SecuredListeners } from './secured-listeners.js';

export interface LocalKafkaOptions {
  readonly brokers: 1 | 3;
  /** Keeps cluster and data across starts; a temporary directory, removed at the stop, where absent. */
  readonly directory?: string;
  /** Opens listeners with TLS and SASL beside the plain one, for this user. Of a temporary cluster of one broker only. */
  readonly secured?: KafkaLogin;
  readonly onDownload?: DownloadListener;
}

export interface LocalKafka {
  readonly brokers: readonly string[];
  /** Null where `secured` was not asked for. */
  readonly secured: SecuredAddresses | null;
  /** Stops all brokers in order (a temporary cluster: at once). */
  stop(): Promise<void>;
  /** Kills a broker as a power cut would. */
  kill(index: number): Promise<void>;
  /** Starts a killed broker again, on its port and its data. */
  start(index: number): Promise<void>;
  /** Resolves when the broker that runs now has ended, with how. */
  ended(index: number): Promise<string>;
  /** Lets a broker stand still, and go on. */
  signal(index: number, signal: 'SIGSTOP' | 'SIGCONT'): void;
}

/** What a directory remembers of its cluster. */
interface Cluster {
  readonly clusterId: string;
  readonly ports: readonly number[];
  readonly controllerPorts: readonly number[];
}

interface Node {
  readonly port: number;
  readonly settings: string;
  readonly data: string;
  child: ChildProcess | undefined;
  output: string[];
}

const startLimitMs = 60_000;
const stopLimitMs = 20_000;

/** Starts Apache Kafka (KRaft, each node broker and controller) as child processes on 127.0.0.1. */
export async function startLocalKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  const { brokers: count } = options;
  const jars = await kafkaJars(options.onDownload);
  const temporary = options.directory === undefined;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), `punctual-kafka-${process.pid}-`)));
  await mkdir(directory, { recursive: true });
  const cluster = await openCluster(directory, count);
  const secured = await securedListeners(options, directory);
  const voters = cluster.controllerPorts.map((port, index) => `${index + 1}@127.0.0.1:${port}`).join(',');
  const nodes: Node[] = [];
  for (const [index, port] of cluster.ports.entries()) {
    const settings = join(directory, `node-${index + 1}.properties`);
    const data = join(directory, `data-${index + 1}`);
    const lines = nodeSettings(index + 1, port, cluster.controllerPorts[index] ?? 0, voters, count, secured);
    await writeFile(settings, `log.dirs=${data}\n${lines}`);
    nodes.push({ port, settings, data, child: undefined, output: [] });
  }
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(temporary ? kill : end));
    if (temporary) await rm(directory, { recursive: true, force: true });
  };
  const start = async (node: Node): Promise<void> => {
    node.child = java(jars, node, ['kafka.Kafka', node.settings]);
    await answers(node);
  };
  try {
    await Promise.all(nodes.map((node) => format(jars, node, cluster.clusterId, secured?.formatArguments ?? [])));
    await Promise.all(nodes.map(start));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers: nodes.map(({ port }) => `127.0.0.1:${port}`),
    secured: secured?.addresses ?? null,
    stop,
    kill: (index) => kill(nodeAt(nodes, index)),
    start: (index) => start(nodeAt(nodes, index)),
    ended: (index) => ended(nodeAt(nodes, index)),
    signal: (index, signal) => void nodeAt(nodes, index).child?.kill(signal),
  };
}

/** The cluster of a directory, made at its first start. Ports that others have taken since give way to free ones. */
async function openCluster(directory: string, count: number): Promise<Cluster> {
  const file = join(directory, 'cluster.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Cluster) : null;
  const wanted = known === null ? Array<number>(count * 2).fill(0) : [...known.ports, ...known.controllerPorts];
  if (wanted.length !== count * 2) {
    throw new Error(
      `${directory} holds a cluster of ${wanted.length / 2} brokers, not ${count}; give another directory`,
    );
  }
  const ports = await Promise.all(wanted.map(freePort));
  const clusterId = known?.clusterId ?? `A${randomBytes(15).toString('base64url').slice(0, 20)}A`;
  const cluster = { clusterId, ports: ports.slice(0, count), controllerPorts: ports.slice(count) };
  await writeFile(`${file}.new`, JSON.stringify(cluster));
  await rename(`${file}.new`, file);
  return cluster;
}

async function securedListeners(options: LocalKafkaOptions, directory: string): Promise<SecuredListeners | null> {
  if (options.secured === undefined) return null;
  if (options.brokers !== 1 || options.directory !== undefined)
    throw new RangeError('only a temporary cluster of one broker can have secured listeners');
  return secureListeners(directory, options.secured);
}

async function format(jars: string, node: Node, clusterId: string, more: readonly string[]): Promise<void> {
  if (existsSync(join(node.data, 'meta.properties'))) return;
  const tool = java(jars, node, ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', node.settings, ...more]);
  const [code] = (await once(tool, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Kafka's storage could not be formatted:\n${node.output.slice(-10).join('')}`);
}

function nodeSettings(
  id: number,
  port: number,
  controllerPort: number,
  voters: string,
  count: number,
  secured: SecuredListeners | null,
): string {
  const listeners = [`PLAINTEXT://127.0.0.1:${port}`, `CONTROLLER://127.0.0.1:${controllerPort}`];
  const protocols = ['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT'];
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': voters,
    'controller.listener.names': 'CONTROLLER',
    listeners: [...listeners, ...(secured?.listeners ?? [])].join(','),
    'listener.security.protocol.map': [...protocols, ...(secured?.protocols ?? [])].join(','),
    'auto.create.topics.enable': false,
    'default.replication.factor': count,
    'offsets.topic.num.partitions': 3,
    'offsets.topic.replication.factor': count,
    'transaction.state.log.num.partitions': 3,
    'transaction.state.log.replication.factor': count,
    'transaction.state.log.min.isr': Math.min(2, count),
    // Few members come and go here, and none can wait for others to come.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 200,
    'log.index.size.max.bytes': 1_048_576,
    'log.cleaner.dedupe.buffer.size': 2_097_152,
    ...secured?.settings,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function java(jars: string, node: Node, args: readonly string[]): ChildProcess {
  const options = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), ...args];
  const child = spawnBound('java', options);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      node.output.push(chunk.toString());
      if (node.output.length > 50) node.output.shift();
    });
  }
  return child;
}

async function answers(node: Node): Promise<void> {
  const limit = performance.now() + startLimitMs;
  for (;;) {
    if (await accepts(node.port)) return;
    if (!runs(node) || performance.now() > limit) {
      throw new Error(`Kafka did not start:\n${node.output.slice(-20).join('')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

function runs({ child }: Node): boolean {
  return child !== undefined && child.exitCode === null && child.signalCode === null;
}

async function ended(node: Node): Promise<string> {
  const { child } = node;
  if (child === undefined) return 'never started';
  if (runs(node)) await once(child, 'exit');
  return child.signalCode ?? `exit code ${child.exitCode ?? 'unknown'}`;
}

async function kill(node: Node): Promise<void> {
  node.child?.kill('SIGKILL');
  await ended(node);
}

/** Lets a broker write what it holds and leave; one that does not is killed. */
async function end(node: Node): Promise<void> {
  node.child?.kill('SIGTERM');
  const timer = setTimeout(() => node.child?.kill('SIGKILL'), stopLimitMs);
  await ended(node);
  clearTimeout(timer);
}

function nodeAt(nodes: readonly Node[], index: number): Node {
  const node = nodes[index];
  if (node === undefined) throw new RangeError(`there is no broker ${index}; there are ${nodes.length}`);
  return node;
}
