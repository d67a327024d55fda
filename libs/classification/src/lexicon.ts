import type { FactName, factValues } from '@punctual/policy';
import { tokenise } from './tokens.js';

/**
 * What a language says about tickets. A phrase is words separated by spaces, compared in normal form (lower case, no diacritics):
 * phrases are separated by commas:
 * - `fail*` matches every word that begins so; `down/offline/unreachable` any of the three;
 * - between two words up to two *light* words of the language may stand: `production down` matches "production is currently down";
 * - `~` lets up to three words of any kind stand there.
 */
export interface Lexicon {
  /** BCP 47 primary language. */
  readonly language: string;
  /** Frequent words by which the language is told. */
  readonly stopWords: string;
  /** Articles, auxiliaries, possessives, small adverbs: skipped inside phrases and between a negation and what it denies. */
  readonly light: string;
  /** Deny what follows: "not", "without", "does not affect". */
  readonly deniesNext: string;
  /** Deny the place or scope named before: "… is not affected", "… works fine". */
  readonly deniesPrevious: string;
  /** Make a sentence a supposition or a wish, in which failures are not asserted: "what happens if". */
  readonly hypothetical: string;
  /** Say that a failure is over: "is working again", "was down yesterday". */
  readonly past: string;
  readonly cues: readonly Cue[];
  readonly requests: Readonly<Record<RequestKind, string>>;
}

export type RequestKind = 'update' | 'elevation' | 'escalation';

export interface Cue {
  readonly fact: FactName;
  readonly value: string;
  /** 0..1: how sure one such phrase makes a support lead. */
  readonly weight: number;
  readonly phrases: readonly string[];
}

/** A row of a lexicon: these phrases say that the fact has this value. */
export function cue<F extends FactName>(fact: F, value: FactValue<F>, weight: number, phrases: string): Cue {
  return { fact, value, weight, phrases: phrasesOf(phrases) };
}

type FactValue<F extends FactName> = (typeof factValues)[F][number];

/** The phrases of a list separated by commas. */
export function phrasesOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((phrase) => phrase.trim().replace(/\s+/g, ' '))
    .filter((phrase) => phrase !== '');
}

/** One slot of a phrase: the words it accepts, and whether any words may stand before it. */
export interface Slot {
  readonly words: readonly { readonly text: string; readonly prefix: boolean }[];
  readonly wide: boolean;
}

/** Reads the phrase notation. */
export function parsePhrase(phrase: string): readonly Slot[] {
  const slots: Slot[] = [];
  let wide = false;
  for (const part of phrase.split(' ')) {
    if (part === '') continue;
    if (part === '~') {
      wide = true;
      continue;
    }
    const words = part.split('/').map((word) => ({ text: normalForm(word), prefix: word.endsWith('*') }));
    slots.push({ words, wide });
    wide = false;
  }
  return slots;
}

function normalForm(word: string): string {
  return tokenise(word)
    .tokens.map((token) => token.word)
    .join('');
}
