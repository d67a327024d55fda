import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a file is called until it is whole. */
export const partEnding = '.part';

/** Puts a file in place by rename, so that nobody reads half of it; `changedAt` (a date) becomes its time of change, else now. */
export function put(path, content, changedAt) {
  const part = `${path}.${process.pid}${partEnding}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(part, content);
  if (changedAt !== undefined) utimesSync(part, changedAt, changedAt);
  renameSync(part, path);
}
