// PostgreSQL as in production: what is acknowledged survives a crash of the machine, and a quarter of its memory is PostgreSQL's own, as its manual
// advises. Commit times are kept so that they can be asked for.
import { totalmem } from 'node:os';
import { startDurablePostgres } from '@punctual/test-kit';

/** A quarter of the machine's memory. */
export const sharedBuffers = `${Math.floor(totalmem() / 4 / 1_048_576)}MB`;

const settings = {
  max_connections: '100',
  shared_buffers: sharedBuffers,
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  track_commit_timestamp: 'on',
};

export function startBenchPostgres() {
  return startDurablePostgres(Object.entries(settings));
}
