import { english } from './texts/english.js';
import { french } from './texts/french.js';
import { german } from './texts/german.js';
import { portuguese } from './texts/portuguese.js';
import { spanish } from './texts/spanish.js';
import { swedish } from './texts/swedish.js';
import type { Language, Phrasebook } from './text-template.js';

/** What people write, by language. */
export const phrasebooks: Readonly<Record<Language, Phrasebook>> = {
  en: english,
  sv: swedish,
  de: german,
  fr: french,
  es: spanish,
  pt: portuguese,
};
