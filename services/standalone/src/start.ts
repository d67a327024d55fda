import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lockDirectory } from './directory-lock.js';
import { IntakeClient, RefusedRequest } from './play/intake-client.js';
import { playSample } from './play/play-sample.js';
import { runTrickle } from './play/run-trickle.js';
import { readSampleRecord, writeSampleRecord } from './play/sample-record.js';
import { startEmbeddedServer } from './postgres/embedded-server.js';
import { followSlaEvents } from './report/event-stream.js';
import { liveLine, liveTypes } from './report/live-line.js';
import { howToTry, whereThingsAre } from './report/closing-words.js';
import { SlaClockClient } from './report/sla-clock-client.js';
import { attainmentTable } from './report/attainment-table.js';
import type { Terminal } from './report/terminal.js';
import { companies } from './sample/companies.js';
import { sampleWeek, type SampleWeek } from './sample/sample-week.js';
import type { StartOptions } from './start-options.js';
import { startKafka } from './processes/start-kafka.js';
import { startServiceProcesses } from './processes/start-service-processes.js';
import type { RunningServices, ServicesOptions } from './running-services.js';
import { startServices } from './start-services.js';
import type { StopOrder } from './stop-order.js';
import { UserFault } from './user-fault.js';

/**
 * Starts everything and resolves when it is ready and said so. What it starts it hands to `stops`, one by one, so that a start that is
 * cut off (`signal`) or fails leaves nothing behind.
 */
export async function start(
  options: StartOptions,
  terminal: Terminal,
  stops: StopOrder,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const logDirectory = join(options.data, 'log');
  await mkdir(logDirectory, { recursive: true });
  const release = lockDirectory(options.data);
  stops.add('lock', async () => release());

  terminal.line(terminal.colour.bold('Punctual'));
  const databaseUrl = options.databaseUrl ?? (await startDatabase(options.data, terminal, stops));
  if (options.databaseUrl !== null) terminal.line(`  database    ${describeUrl(options.databaseUrl)} (DATABASE_URL)`);
  signal.throwIfAborted();
  const services = await startOnEventLog(options, terminal, stops, signal, {
    databaseUrl,
    ports: options.ports,
    logDirectory,
    logLevel: process.env['LOG_LEVEL'] || 'info',
    partitions: process.env['PARTITIONS'] || undefined,
    onWarning: (line) => terminal.warning(`  ${line}`),
    onStarted: (name, stop) => stops.add(name, stop),
  });
  const intake = new IntakeClient(services.intake.url);
  for (const file of options.policies) await publishPolicy(intake, file, terminal);
  signal.throwIfAborted();

  const played = await fillStore(options, services, intake, terminal, signal);
  await services.settled(signal);
  await assertReady(services);
  signal.throwIfAborted();

  const clock = new SlaClockClient(services.slaClock.url);
  await report(clock, intake, terminal);
  for (const line of [...whereThingsAre(services, logDirectory), '', ...howToTry(services)]) terminal.line(line);
  terminal.line();
  terminal.line(terminal.colour.green('Punctual is ready') + ` after ${seconds(startedAt)} s. Ctrl-C stops it.`);

  const following = followSlaEvents(
    `${services.slaClock.url}/v1/events?mode=live&types=${liveTypes.join(',')}`,
    (event) => {
      const line = liveLine(event);
      if (line !== null) terminal.line(`${new Date().toLocaleTimeString('en-GB')}  ${line}`);
    },
  );
  stops.add('event stream', () => following.stop());
  if (played !== null) {
    const trickle = runTrickle(intake, played.unfinished, (message) => terminal.warning(`  sample: ${message}`));
    stops.add('trickle', () => trickle.stop());
  }
}

async function startDatabase(directory: string, terminal: Terminal, stops: StopOrder): Promise<string> {
  const server = await startEmbeddedServer(directory);
  stops.add('PostgreSQL', () => server.stop());
  if (server.leftOver) terminal.line('  the last start was killed; its database was stopped and starts again');
  const made = server.created ? 'created in' : 'in';
  terminal.line(
    `  database    embedded PostgreSQL on 127.0.0.1:${server.port}, ${made} ${join(directory, 'postgres')}`,
  );
  return server.url;
}

/** Starts the services on the event log that was asked for: the embedded one in this process, Kafka with a process each. */
async function startOnEventLog(
  { kafka, data }: StartOptions,
  terminal: Terminal,
  stops: StopOrder,
  signal: AbortSignal,
  services: ServicesOptions,
): Promise<RunningServices> {
  try {
    if (kafka === null) {
      terminal.line('  event log   embedded: tables of the same database, no Kafka');
      return await startServices(services);
    }
    const brokers = kafka.brokers ?? (await startBroker(data, terminal, stops));
    if (kafka.brokers !== null) terminal.line(`  event log   Kafka at ${brokers} (KAFKA_BROKERS)`);
    signal.throwIfAborted();
    return await startServiceProcesses({ ...services, brokers, signal, say: (line) => terminal.warning(`  ${line}`) });
  } catch (error) {
    if (!(error instanceof Error) || !/belongs to the log/.test(error.message)) throw error;
    const advice = 'Start as this store was begun (with or without --kafka), or give another directory with --data.';
    throw new UserFault('log_changed', `${error.message}\n${advice}`, { cause: error });
  }
}

async function startBroker(data: string, terminal: Terminal, stops: StopOrder): Promise<string> {
  const kafka = await startKafka({
    directory: join(data, 'broker'),
    onDownload: (done, total) => terminal.progress('MB of Apache Kafka, by Maven, once', done, total),
    say: (line) => terminal.warning(`  ${line}`),
  });
  stops.add('Kafka', () => kafka.stop());
  terminal.line(`  event log   ${kafka.described}`);
  return kafka.brokers;
}

/**
 * Plays the sample into an empty store, or goes on with one that was cut off. Resolves with the sample whose companies stay alive, null
 * where there is none.
 */
async function fillStore(
  options: StartOptions,
  services: RunningServices,
  intake: IntakeClient,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Pick<SampleWeek, 'unfinished'> | null> {
  const known = await intake.sources();
  const hasSample = companies.every(({ source }) => known.some((one) => one.source === source));
  const record = readSampleRecord(options.data);
  const unfinished = record?.state === 'playing' ? record : null;
  if (options.empty) {
    terminal.line('  sample      none (--empty)');
    return null;
  }
  if (unfinished === null && known.length > 0) {
    terminal.line('  sample      not played: the store holds tickets already');
    return hasSample ? { unfinished: [] } : null;
  }
  const began = performance.now();
  const { now, tickets } = unfinished ?? { now: Date.now(), tickets: options.sampleTickets };
  const week = sampleWeek({ now, tickets });
  writeSampleRecord(options.data, { now, tickets, state: 'playing' });
  const progress = (done: number, total: number): void => terminal.progress('sample events', done, total);
  // Before the sessions end, all of the past must be folded as past: what ends it is a watermark that knows their last progress.
  await playSample(week, now, intake, { onProgress: progress, beforeEnd: () => services.settled(signal), signal });
  writeSampleRecord(options.data, { now, tickets, state: 'played' });
  const events = week.events.length.toLocaleString('en');
  const names = week.companies.map((company) => company.name).join(', ');
  terminal.line(
    `  sample      ${events} events of ${week.tickets.toLocaleString('en')} tickets in ${seconds(began)} s: ${names}`,
  );
  return week;
}

async function publishPolicy(intake: IntakeClient, file: string, terminal: Terminal): Promise<void> {
  let yaml: string;
  try {
    yaml = readFileSync(file, 'utf8');
  } catch {
    throw new UserFault('no_policy_file', `The policy file ${file} cannot be read.`);
  }
  const id = /^id:\s*['"]?([A-Za-z0-9._-]+)/m.exec(yaml)?.[1] ?? basename(file).replace(/(\.policy)?\.ya?ml$/, '');
  try {
    const status = await intake.publishPolicy(id, yaml);
    terminal.line(`  policy      ${id}: ${status === 'published' ? 'published' : 'unchanged'} (${file})`);
  } catch (error) {
    if (error instanceof RefusedRequest)
      throw new UserFault('policy_refused', `${file} was not published.\n${error.message}`);
    throw error;
  }
}

async function assertReady(services: RunningServices): Promise<void> {
  const limit = performance.now() + 30_000;
  const { intake, classifier, slaClock } = services;
  for (const [name, { url }] of Object.entries({ intake, classifier, 'sla-clock': slaClock })) {
    for (;;) {
      const response = await fetch(`${url}/health/ready`);
      const answer = await response.text();
      if (response.ok) break;
      if (performance.now() > limit) throw new UserFault('not_ready', `${name} is not ready: ${answer}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** The table of what the promises came to: the sample's companies by name, other policies with clocks by their id. */
async function report(clock: SlaClockClient, intake: IntakeClient, terminal: Terminal): Promise<void> {
  const notCovered = await clock.notCovered();
  const served = new Map(companies.map(({ policy, name }) => [policy, name]));
  const policies = new Set([...served.keys(), ...(await intake.policies())]);
  const reports = await Promise.all(
    [...policies].map(async (policy) => ({
      name: served.get(policy) ?? policy,
      attainment: await clock.attainment(policy),
      running: await clock.runningClocks(policy),
      notCovered: notCovered.get(policy) ?? new Map<string, number>(),
    })),
  );
  if (reports.every(({ attainment, notCovered: uncovered }) => attainment.length === 0 && uncovered.size === 0)) {
    terminal.line('  The store holds no tickets yet.');
    return;
  }
  terminal.line();
  for (const [index, line] of attainmentTable(reports).entries()) {
    terminal.line(index === 0 ? terminal.colour.bold(line) : line);
  }
  terminal.line();
}

function describeUrl(url: string): string {
  const { host, pathname } = new URL(url);
  return `PostgreSQL at ${host}${pathname}`;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}
