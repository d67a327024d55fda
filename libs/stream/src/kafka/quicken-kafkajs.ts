import { createRequire } from 'node:module';
import { readRecord, writeRecord } from './record-wire.js';

const require = createRequire(import.meta.url);

/**
 * kafkajs 2.2.4 spends more on writing records into a batch, and reading them out of one, than on everything else it does. These two modules
 * of it stand apart from the rest and are loaded with the first request of their kind; ours take their place before that (docs/adr/0005).
 */
export function quickenKafkajs(): void {
  replaceModule('kafkajs/src/protocol/recordBatch/record/v0/index.js', writeRecord);
  replaceModule('kafkajs/src/protocol/recordBatch/record/v0/decoder.js', readRecord);
}

/** Throws where kafkajs has no such module: it is another version than the one this was made for. */
function replaceModule(name: string, replacement: unknown): void {
  require(name);
  const loaded = require.cache[require.resolve(name)];
  if (loaded === undefined) throw new Error(`${name} is not where kafkajs is loaded from`);
  loaded.exports = replacement;
}
