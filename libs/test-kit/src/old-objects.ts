import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: ((options: { readonly type: 'minor' }) => void) | undefined;

/** Has V8 collect young objects twice: what is alive at both is an old object afterwards, whoever still needs it (docs/adr/0026). */
export function collectYoungObjects(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as typeof collect;
  }
  collect?.({ type: 'minor' });
  collect?.({ type: 'minor' });
}

/** What the old objects of this thread take, bytes; those that nobody needs are among them until all objects are collected. */
export function oldObjectBytes(): number {
  const old = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space');
  if (old === undefined) throw new Error('V8 has no old space any more');
  return old.space_used_size;
}
