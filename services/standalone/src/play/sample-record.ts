import type { Instant } from '@punctual/contracts';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which sample a data directory holds: enough to make the same one again. */
export interface SampleRecord {
  /** Epoch ms. */
  readonly now: Instant;
  readonly tickets: number;
  /** `playing` until all of it is in. */
  readonly state: 'playing' | 'played';
}

/** The directory's sample, null where it has none. */
export function readSampleRecord(directory: string): SampleRecord | null {
  const file = fileIn(directory);
  if (!existsSync(file)) return null;
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<SampleRecord>;
    const { now, tickets, state } = value;
    if (typeof now !== 'number' || typeof tickets !== 'number') return null;
    return state === 'playing' || state === 'played' ? { now, tickets, state } : null;
  } catch {
    return null;
  }
}

export function writeSampleRecord(directory: string, record: SampleRecord): void {
  const file = fileIn(directory);
  writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`);
  renameSync(`${file}.new`, file);
}

function fileIn(directory: string): string {
  return join(directory, 'sample.json');
}
