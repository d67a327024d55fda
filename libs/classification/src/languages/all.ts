import type { Lexicon } from '../lexicon.js';
import { english } from './en.js';

/** Every lexicon by its language. A further language is a file beside these and a row here. */
export const lexicons: ReadonlyMap<string, Lexicon> = new Map([english].map((lexicon) => [lexicon.language, lexicon]));
