import { PgBoss } from 'pg-boss';
import { fireStatement } from './fire-statement.mjs';

const QUEUE = 'deadlines';
const CHUNK = 10_000;
/** Jobs a worker takes at a time, and workers of the process. */
const BATCH = 500;
const WORKERS = 4;

/** Jobs by `startAfter`, fetched in batches whose completion commits with what the handler wrote. */
export const pgBoss = {
  name: 'pg-boss',
  settings: `batches of ${BATCH}, ${WORKERS} workers, transactional, polling every 0.5 s (its shortest) and at once after a full batch`,

  async open(connectionString) {
    const boss = await start(connectionString);
    await boss.createQueue(QUEUE);
    return {
      /** Schedules the jobs `from` up to but not including `to`. */
      async add(from, to, dueAt) {
        for (let first = from; first < to; first += CHUNK) {
          const jobs = Array.from({ length: Math.min(CHUNK, to - first) }, (_, place) => ({
            data: { id: first + place },
            startAfter: new Date(dueAt(first + place)),
          }));
          await boss.insert(QUEUE, jobs);
        }
      },
      close: () => boss.stop({ graceful: false }),
    };
  },

  /** Works until the function it gives back is called. */
  async work(connectionString) {
    const boss = await start(connectionString);
    const options = {
      batchSize: BATCH,
      localConcurrency: WORKERS,
      pollingIntervalSeconds: 0.5,
      burstWhenBatchFull: true,
      transactional: true,
    };
    await boss.work(QUEUE, options, async (jobs, transaction) => {
      const { text, values } = fireStatement(jobs.map(({ data }) => data.id));
      await transaction.executeSql(text, values);
    });
    return () => boss.stop({ graceful: false });
  },
};

async function start(connectionString) {
  const boss = new PgBoss({ connectionString, max: 10 });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  return boss;
}
