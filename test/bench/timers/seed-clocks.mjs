// Fills the SLA clock's database with open tickets: the service's own fold, fed with what the classifier writes, in its own transactions.
// So every row, index entry and statistic is what the service would have written; only the log that it would have read is left out.
import { ticketPartition } from '@punctual/contracts';
import { builtInPack, compilePolicy, resolvePolicy } from '@punctual/policy';
import { createDataSource, PinnedPolicies, PolicyVersions } from '@punctual/service-kit';
import { slaClockDatabase } from '@punctual/sla-clock';
import { ClockFolder } from '../../../services/sla-clock/dist/fold/clock-folder.js';
import { MonthPartitions } from '../../../services/sla-clock/dist/storage/month-partitions.js';
import { connect } from './connect.mjs';

/** Tickets in one transaction. */
const BATCH = 2_000;
/** Partitions filled side by side: one is folded here while PostgreSQL writes the other. */
const SIDE_BY_SIDE = 2;

const halved = { '1h': '30m', '2h': '1h', '4h': '2h', '8h': '4h' };

/** What the fold would tell metrics. */
const silent = {
  recorded() {},
  folded() {},
  refolded() {},
  published() {},
  deadLettered() {},
  createdAgain() {},
  sealed() {},
  walkBegan() {},
  walked() {},
  quarantined() {},
};

/** Creates the tables and publishes the policy; gives back how to fill them. */
export async function openSeeding(databaseUrl, partitions) {
  const dataSource = await createDataSource({
    ...slaClockDatabase,
    url: databaseUrl,
    poolSize: 2,
    applicationName: 'bench seeding',
  });
  const versions = new PolicyVersions(dataSource);
  const resolved = resolvePolicy(builtInPack('rego').document);
  const { version } = resolved;
  await versions.publish({ policy: 'rego', version, document: resolved, effectiveAt: 0, mode: 'pin', publishedAt: 0 });
  const policies = new PinnedPolicies(versions, compilePolicy);
  const months = new MonthPartitions(dataSource);
  return {
    /** Folds `tickets`, classified records, up to `at`. Their places lie before the log's first record. */
    seed: (tickets, at, firstOffset, onProgress) =>
      seed({ databaseUrl, partitions, policies, months }, tickets, at, firstOffset, onProgress),
    /** Stores another version of the policy, in which everything has to be answered in half the time; gives back its version. */
    async publishStricter(mode, effectiveAt) {
      const document = structuredClone(builtInPack('rego').document);
      const [response] = document.promises;
      for (const line of response.terms) line.within = halved[line.within];
      const stricter = resolvePolicy(document);
      const publication = { policy: 'rego', version: stricter.version, document: stricter, effectiveAt, mode };
      await versions.publish({ ...publication, publishedAt: effectiveAt });
      return stricter.version;
    },
    close: () => dataSource.destroy(),
  };
}

async function seed({ databaseUrl, partitions, policies, months }, tickets, at, firstOffset, onProgress) {
  // What is seeded is noticed when it happens.
  const folder = new ClockFolder(policies, months, silent, { now: () => at });
  const clients = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => connectToSeed(databaseUrl)));
  const assignments = Array.from({ length: partitions }, (_, partition) => ({ partition }));
  const waiting = Array.from({ length: partitions }, () => []);
  const running = new Set();
  const last = assignments.map(() => Promise.resolve());
  let offset = firstOffset;
  let folded = 0;

  const flush = async (partition) => {
    const records = waiting[partition];
    waiting[partition] = [];
    if (records.length === 0) return;
    records.push(record(partition, (offset += 1), { kind: 'watermark', at, sources: {} }));
    while (running.size >= SIDE_BY_SIDE) await Promise.race(running);
    const client = clients.pop();
    const work = last[partition].then(async () => {
      await foldBatch(client, folder, { assignment: assignments[partition], partition, records });
      clients.push(client);
      running.delete(work);
      folded += records.length - 1;
      onProgress(folded);
    });
    last[partition] = work;
    running.add(work);
  };

  for (const value of tickets) {
    const partition = ticketPartition(value.event.source, value.event.ticket, partitions);
    waiting[partition].push(record(partition, (offset += 1), value));
    if (waiting[partition].length === BATCH) await flush(partition);
  }
  for (let partition = 0; partition < partitions; partition += 1) await flush(partition);
  await Promise.all(running);
  for (const client of clients) await client.end();
  return offset;
}

async function connectToSeed(connectionString) {
  const client = await connect(connectionString, { pipeline: true });
  await client.query('SET synchronous_commit = off');
  return client;
}

function record(partition, offset, value) {
  return { topic: 'tickets.classified', partition, offset, key: '', value, headers: {}, appendedAt: 0 };
}

/** One batch in one transaction; what the fold would send on goes nowhere. */
async function foldBatch(client, folder, batch) {
  await client.query('BEGIN');
  const sql = { query: async (text, parameters) => (await client.query(text, parameters)).rows };
  const inFlight = [];
  await folder.fold(batch, {
    transaction: async () => sql,
    sent: (statements) => {
      // It is waited for at the end, if the unit comes to one.
      statements.catch(() => undefined);
      inFlight.push(statements);
    },
    emit() {},
    deadLetter(refused, { detail }) {
      throw new Error(`the fold refused ${JSON.stringify(refused.value)}: ${detail}`);
    },
    goOn() {},
    afterCommit() {},
  });
  await Promise.all(inFlight);
  await client.query('COMMIT');
}
