import { createRequire } from 'node:module';

/** The part of kafkajs' request queue that is put right here. */
interface RequestQueue {
  throttledUntil: number;
  pending: readonly unknown[];
}

interface RequestQueueClass {
  readonly prototype: RequestQueue & { scheduleCheckPendingRequests(): void };
}

let applied = false;

/**
 * kafkajs 2.2.4 schedules the check of an empty request queue at a negative delay, which Node takes for 1 ms: an idle consumer spins, and
 * Node 24 warns each time. A queue that holds nothing back has nothing to check: the next request schedules by itself. Applied at run
 * time rather than to the installed file, so that it holds in every installation (docs/adr/0005).
 */
export function quietKafkajs(): void {
  if (applied) return;
  applied = true;
  const { prototype } = createRequire(import.meta.url)(
    'kafkajs/src/network/requestQueue/index.js',
  ) as RequestQueueClass;
  const original = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueue): void {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    original.call(this as typeof prototype);
  };
}
