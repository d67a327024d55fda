import type { Token } from './tokens.js';

const MAX_LIGHT = 4;

/**
 * Whether a denial that ends before `first` reaches it, in the same sentence: over light words only, so that "cannot work in production" does
 * not deny production. `ends` are the places of the last words of denials.
 */
export function deniedBefore(
  light: ReadonlySet<string>,
  tokens: readonly Token[],
  first: number,
  ends: { has(place: number): boolean },
): boolean {
  const sentence = tokens[first]?.sentence;
  for (let at = first - 1; at >= first - 1 - MAX_LIGHT && at >= 0; at -= 1) {
    const token = tokens[at];
    if (token === undefined || token.sentence !== sentence) return false;
    if (ends.has(at)) return true;
    if (!light.has(token.word)) return false;
  }
  return false;
}
