// What finding the due timers costs by itself: the service's own statement and heap, on the same database, and nothing folded.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { horizonOf } from '@punctual/contracts';
import { PartitionMemory } from '../../../services/sla-clock/dist/fold/partition-memory.js';
import { loadWakes } from '../../../services/sla-clock/dist/storage/timer-store.js';
import { connect } from './connect.mjs';

const SETTLE_MS = 5_000;
const TIMERS_AT_ONCE = 10_000;

/** Reads every timer that is due a second after `at`, partition by partition, and takes it from the heap. */
export async function bareClaims(databaseUrl, partitions, at) {
  const client = await connect(databaseUrl);
  const sql = { query: async (text, parameters) => (await client.query(text, parameters)).rows };
  const watermark = { kind: 'watermark', at: at + SETTLE_MS + 1_000, sources: {} };
  const heapBefore = usedHeap();
  const memories = [];
  const begun = performance.now();
  let taken = 0;
  let ms = 0;
  let loaded = 0;
  for (let partition = 0; partition < partitions; partition += 1) {
    const memory = new PartitionMemory(null);
    memory.addSource('desk');
    for (
      let stretches = memory.stretchesToLoad(watermark);
      stretches.length > 0;
      stretches = memory.stretchesToLoad(watermark)
    ) {
      const { wakes, loaded: whole } = await loadWakes(sql, partition, stretches, TIMERS_AT_ONCE);
      for (const wake of wakes) memory.addStoredWake(wake);
      for (const { source, until } of whole) memory.stretchLoaded(source, until);
    }
    loaded += memory.armed;
    memories.push(memory);
    ms = performance.now() - begun;
  }
  const bytesPerTimer = (usedHeap() - heapBefore) / loaded;
  const again = performance.now();
  for (const memory of memories) for (const { keys } of memory.takeDue(watermark)) taken += keys.length;
  ms += performance.now() - again;
  await client.end();
  if (horizonOf(watermark, 'desk', SETTLE_MS).duesBefore !== at + 1_000) throw new Error('settle is not what it was');
  return { rate: (taken / ms) * 1_000, bytesPerTimer };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

function usedHeap() {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
