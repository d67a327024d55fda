/** A word of a text: its normal form (lower case, without diacritics) and where it stands. */
export interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** Rises at every sentence end; phrases do not cross it. */
  readonly sentence: number;
}

export interface TokenisedText {
  readonly tokens: readonly Token[];
  /** Sentences that end in a question mark. */
  readonly questions: ReadonlySet<number>;
}

/** Words longer than this are no words of a language; they are cut so that comparing them stays cheap. */
const MAX_WORD = 40;

const wordCharacter = /^[\p{L}\p{N}\p{M}]$/u;
const marks = /\p{M}/gu;
const plain = /^[a-z0-9]*$/;
const englishSuffixes = new Set(['s', 're', 've', 'll', 'd', 'm']);

/** The normal form of a word: `Störung` → `storung`, `groß` → `gross`. */
export function normaliseWord(word: string): string {
  const lower = word.slice(0, MAX_WORD).toLowerCase();
  // Most words have nothing to normalise: told first, it takes a fifth of the time.
  if (plain.test(lower)) return lower;
  return lower
    .normalize('NFD')
    .replace(marks, '')
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .replaceAll('œ', 'oe');
}

/**
 * Splits a text into words in one pass. An English contraction becomes one word (`can't` → `cant`, `customer's` → `customer`); any
 * other apostrophe and every hyphen separates (`l'environnement` → `l`, `environnement`; `non-production` → `non`, `production`).
 */
export function tokenise(text: string): TokenisedText {
  const tokens: Token[] = [];
  const questions = new Set<number>();
  let sentence = 0;
  let lineStart = 0;
  let at = 0;
  while (at < text.length) {
    const size = characterSize(text, at);
    const character = text.slice(at, at + size);
    if (isWordCharacter(character)) {
      const token = readWord(text, at, sentence);
      tokens.push(token);
      at = token.end;
      continue;
    }
    if (character === '\n') {
      if (endsLine(text, lineStart, at)) sentence += 1;
      lineStart = at + 1;
    } else if (endsSentence(text, at, character)) {
      if (character === '?') questions.add(sentence);
      sentence += 1;
    }
    at += size;
  }
  return { tokens, questions };
}

function readWord(text: string, start: number, sentence: number): Token {
  let end = endOfLetters(text, start);
  let word = text.slice(start, end);
  const apostrophe = text[end];
  if (apostrophe === "'" || apostrophe === '’') {
    const tailEnd = endOfLetters(text, end + 1);
    const tail = text.slice(end + 1, tailEnd).toLowerCase();
    if (tail === 't' && word.length > 1) {
      word += 't';
      end = tailEnd;
    } else if (englishSuffixes.has(tail) && word.length > 1) {
      end = tailEnd;
    }
  }
  return { word: normaliseWord(word), start, end, sentence };
}

function endOfLetters(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const size = characterSize(text, at);
    if (!isWordCharacter(text.slice(at, at + size))) break;
    at += size;
  }
  return at;
}

function characterSize(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function isWordCharacter(character: string): boolean {
  const code = character.charCodeAt(0);
  if (code < 128) {
    return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
  }
  return wordCharacter.test(character);
}

/** A stop ends a sentence only before white space, so that `v2.3` and `app.example.com` stay together. */
function endsSentence(text: string, at: number, character: string): boolean {
  if (character === ';') return true;
  if (character !== '.' && character !== '!' && character !== '?' && character !== '…') return false;
  const next = text[at + 1];
  return (
    next === undefined ||
    next === ' ' ||
    next === '\n' ||
    next === '\r' ||
    next === '\t' ||
    next === ')' ||
    next === '"'
  );
}

/** A line break ends a sentence where the line is short, blank, or the next one is a list item; else the line was merely wrapped. */
function endsLine(text: string, lineStart: number, lineEnd: number): boolean {
  if (lineEnd - lineStart < 50) return true;
  const next = text[lineEnd + 1];
  return next === undefined || next === '\n' || next === '\r' || next === '-' || next === '*' || next === '•';
}
