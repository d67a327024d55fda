// A job queue's worker in a process of its own: `<queue> <database URL>`. Says when it works, and stops when told.
import { graphileWorker } from './graphile-worker.mjs';
import { pgBoss } from './pg-boss.mjs';

const [name, url] = process.argv.slice(2);
const queue = [pgBoss, graphileWorker].find((one) => one.name === name);
const stop = await queue.work(url);
process.on('message', () => void stop().then(() => process.exit(0)));
process.send('working');
