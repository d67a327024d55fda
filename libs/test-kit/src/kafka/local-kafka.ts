import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { kafkaJars } from './kafka-jars.js';

export interface LocalKafka {
  readonly brokers: readonly string[];
  stop(): Promise<void>;
  /** Kills a broker as a power cut would. */
  kill(index: number): Promise<void>;
  /** Starts a killed broker again, on its port and its data. */
  start(index: number): Promise<void>;
}

interface Node {
  readonly port: number;
  readonly settings: string;
  child: ChildProcess | undefined;
  output: string[];
}

const startLimitMs = 60_000;

/** Starts Apache Kafka (KRaft, each node broker and controller) as child processes on 127.0.0.1, with its data in a temporary directory. */
export async function startLocalKafka(count: 1 | 3): Promise<LocalKafka> {
  const jars = await kafkaJars();
  const directory = await mkdtemp(join(tmpdir(), `punctual-kafka-${process.pid}-`));
  const nodes: Node[] = [];
  const ports = await Promise.all(Array.from({ length: count * 2 }, freePort));
  const voters = ports.slice(count).map((port, index) => `${index + 1}@127.0.0.1:${port}`);
  const clusterId = `A${randomBytes(15).toString('base64url')}`.padEnd(22, 'A').slice(0, 21) + 'A';
  for (let index = 0; index < count; index += 1) {
    const port = ports[index] ?? 0;
    const settings = join(directory, `node-${index + 1}.properties`);
    const lines = nodeSettings(index + 1, port, ports[count + index] ?? 0, voters.join(','), count);
    await writeFile(settings, `log.dirs=${join(directory, `data-${index + 1}`)}\n${lines}`);
    nodes.push({ port, settings, child: undefined, output: [] });
  }
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(kill));
    await rm(directory, { recursive: true, force: true });
  };
  const start = async (node: Node): Promise<void> => {
    node.child = java(jars, node, ['kafka.Kafka', node.settings]);
    await answers(node);
  };
  try {
    await Promise.all(
      nodes.map(async (node) => {
        const format = ['format', '-t', clusterId, '-c', node.settings];
        const tool = java(jars, node, ['kafka.tools.StorageTool', ...format]);
        const [code] = (await once(tool, 'exit')) as [number | null];
        if (code !== 0) throw new Error(`Kafka's storage could not be formatted:\n${node.output.slice(-10).join('')}`);
      }),
    );
    await Promise.all(nodes.map(start));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers: nodes.map(({ port }) => `127.0.0.1:${port}`),
    stop,
    kill: (index) => kill(nodeAt(nodes, index)),
    start: (index) => start(nodeAt(nodes, index)),
  };
}

function nodeSettings(id: number, port: number, controllerPort: number, voters: string, count: number): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': voters,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'auto.create.topics.enable': false,
    'default.replication.factor': count,
    'offsets.topic.num.partitions': 3,
    'offsets.topic.replication.factor': count,
    'transaction.state.log.num.partitions': 3,
    'transaction.state.log.replication.factor': count,
    'transaction.state.log.min.isr': Math.min(2, count),
    // Tests join and leave groups all the time and cannot wait for others to come.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 200,
    'log.index.size.max.bytes': 1_048_576,
    'log.cleaner.dedupe.buffer.size': 2_097_152,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/**
 * Runs Java so that it never outlives this process: the shell kills it when its standard input, held by this process, is closed. Windows
 * has no such shell; there only an orderly end stops it.
 */
function java(jars: string, node: Node, args: readonly string[]): ChildProcess {
  const options = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), ...args];
  const guard = 'exec 3<&0; "$@" & p=$!; (cat <&3 >/dev/null; kill -9 $p 2>/dev/null) & wait $p';
  const child =
    process.platform === 'win32'
      ? spawn('java', options, { stdio: 'pipe' })
      : spawn('sh', ['-c', guard, 'sh', 'java', ...options], { stdio: 'pipe' });
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
    if (node.child?.exitCode !== null || performance.now() > limit) {
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

async function kill(node: Node): Promise<void> {
  const { child } = node;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  if (process.platform === 'win32') child.kill('SIGKILL');
  else child.stdin?.end();
  await exited;
}

function nodeAt(nodes: readonly Node[], index: number): Node {
  const node = nodes[index];
  if (node === undefined) throw new RangeError(`there is no broker ${index}; there are ${nodes.length}`);
  return node;
}
