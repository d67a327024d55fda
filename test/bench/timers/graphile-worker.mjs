import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { fireStatement } from './fire-statement.mjs';

const TASK = 'deadline';
const CHUNK = 10_000;

/** Jobs by `run_at`, with the settings its documentation measures with (worker.graphile.org/docs/performance). */
export const graphileWorker = {
  name: 'graphile-worker',
  settings:
    '24 jobs side by side, 25 connections, a local queue of 500, completions batched, polling every 0.5 s (2 s by default)',

  async open(connectionString) {
    const utils = await makeWorkerUtils({ connectionString, logger: silent });
    await utils.migrate();
    return {
      /** Schedules the jobs `from` up to but not including `to`. */
      async add(from, to, dueAt) {
        for (let first = from; first < to; first += CHUNK) {
          const jobs = Array.from({ length: Math.min(CHUNK, to - first) }, (_, place) => ({
            identifier: TASK,
            payload: { id: first + place },
            runAt: new Date(dueAt(first + place)),
          }));
          await utils.addJobs(jobs);
        }
      },
      close: () => utils.release(),
    };
  },

  /** Works until the function it gives back is called. */
  async work(connectionString) {
    const runner = await run({
      preset: {
        worker: {
          connectionString,
          concurrentJobs: 24,
          maxPoolSize: 25,
          pollInterval: 500,
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
      logger: silent,
      noHandleSignals: true,
      taskList: {
        async [TASK]({ id }, { withPgClient }) {
          const { text, values } = fireStatement([id]);
          await withPgClient((client) => client.query(text, values));
        },
      },
    });
    return () => runner.stop();
  },
};

const silent = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message);
});
