import { lexicons } from './languages/all.js';
import { tokenise, type Token } from './tokens.js';

/** Below this many stop words the text is too short to tell its language. */
const ENOUGH = 2;
const COUNTED_WORDS = 400;
const TOLD_FROM = 4_000;

const stopWords = new Map(
  [...lexicons.values()].map((lexicon) => [
    lexicon.language,
    new Set(tokenise(lexicon.stopWords).tokens.map(({ word }) => word)),
  ]),
);

/**
 * The languages to read a text in, the likeliest first: the one it is written in (by its stop words, and by what the helpdesk says),
 * and English, whose terms every helpdesk uses. Where neither tells, all of them.
 */
export function languagesOf(tokens: readonly Token[], given: string | null): readonly string[] {
  const counts = countStopWords(tokens);
  const stated = given?.toLowerCase().split(/[-_]/)[0] ?? '';
  const known = lexicons.has(stated) ? stated : null;
  const told = clearest(counts);
  if (told !== null) return unique([told, ...(known ? [known] : []), 'en']);
  if (known !== null) return unique([known, 'en']);
  return counts.map(({ language }) => language);
}

/** The language a text is written in by its stop words; null where it is too short to tell. */
export function tellLanguage(text: string): string | null {
  return clearest(countStopWords(tokenise(text.slice(0, TOLD_FROM)).tokens));
}

function clearest(counts: readonly { language: string; count: number }[]): string | null {
  const [first, second] = counts;
  return first && first.count >= ENOUGH && first.count > (second?.count ?? 0) ? first.language : null;
}

/** How many words of the text are stop words of each language, most first; ties in the order of the lexicons. */
function countStopWords(tokens: readonly Token[]): { language: string; count: number }[] {
  const read = tokens.slice(0, COUNTED_WORDS);
  return [...stopWords]
    .map(([language, words]) => ({ language, count: read.filter(({ word }) => words.has(word)).length }))
    .sort((a, b) => b.count - a.count);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
