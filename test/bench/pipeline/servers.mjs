// What the pipeline runs on: Apache Kafka and PostgreSQL, and the two services, each a process of its own as in production.
import { builtInPack, resolvePolicy } from '@punctual/policy';
import { startDurablePostgres, startKafka } from '@punctual/test-kit';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { sharedBuffers } from '../durable-postgres.mjs';
import { POLICY } from './load-events.mjs';

export const PARTITIONS = 8;
export const CHECKPOINT_SECONDS = 30;

/** Commits are flushed and pages written whole after a checkpoint: PostgreSQL's defaults. Checkpoints come often, to be seen in a short run. */
const settings = [
  ['shared_preload_libraries', 'pg_stat_statements'],
  ['pg_stat_statements.track_planning', 'on'],
  ['shared_buffers', sharedBuffers],
  ['max_wal_size', '8GB'],
  ['checkpoint_timeout', `${CHECKPOINT_SECONDS}s`],
];

/** `more`: settings of PostgreSQL, as `[name, value]`, which win over those above. */
export async function startServers(more = []) {
  const postgres = await startDurablePostgres([
    ...settings.filter(([name]) => !more.some(([own]) => own === name)),
    ...more,
  ]);
  const kafka = await startKafka().catch(async (error) => {
    await postgres.stop();
    throw error;
  });
  const database = await postgres.createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('CREATE EXTENSION pg_stat_statements');
  return {
    brokers: kafka.brokers,
    databaseUrl: database.url,
    sql: (text, values) => client.query(text, values).then(({ rows }) => rows),
    async stop() {
      await client.end();
      await Promise.all([kafka.stop(), postgres.stop()]);
    },
  };
}

/** Starts a service and resolves when it consumes. `PUNCTUAL_BENCH_PROFILES` names a directory for CPU profiles of Node. */
export async function startService(name, { brokers, databaseUrl }) {
  const main = fileURLToPath(import.meta.resolve(`@punctual/${name}/main`));
  const profiles = process.env.PUNCTUAL_BENCH_PROFILES;
  const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profiles, name)}`];
  const child = spawn(process.execPath, [...profiling, main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: brokers.join(','),
      PARTITIONS: String(PARTITIONS),
      NODE_ENV: 'production',
    },
  });
  const exited = once(child, 'exit');
  await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said = (said + chunk).slice(-20_000);
      if (said.includes('is consuming')) resolve();
    });
    void exited.then(() => reject(new Error(`${name} did not start:\n${said}`)));
  });
  return {
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Runs a script beside this one as a process of its own; `onMessage` gets what it sends. Resolves with what it printed. */
export async function runScript(file, argument, onMessage = () => undefined) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  child.on('message', (message) => onMessage(message, child.pid));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return printed;
}

/** Makes the policy effective, as intake does when it is published. */
export async function publishPolicy({ sql }, document = builtInPack(POLICY).document) {
  const resolved = resolvePolicy(document);
  await sql(
    `INSERT INTO config.policy_version (policy, version, document, effective_at, mode, published_at)
     VALUES ($1, $2, $3::json, 'epoch', 'pin', now())`,
    [POLICY, resolved.version, JSON.stringify(resolved)],
  );
}
