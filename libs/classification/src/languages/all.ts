import type { Lexicon } from '../lexicon.js';
import { english } from './en.js';
import { french } from './fr.js';
import { german } from './de.js';
import { portuguese } from './pt.js';
import { spanish } from './es.js';
import { swedish } from './sv.js';

/** Every lexicon by its language. A further language is a file beside these and a row here. */
export const lexicons: ReadonlyMap<string, Lexicon> = new Map(
  [english, swedish, german, french, spanish, portuguese].map((lexicon) => [lexicon.language, lexicon]),
);
