import type { Token } from './tokens.js';

/** How far behind the words that ask for a higher priority its name may stand. */
const REACH = 10;

/** What may stand between "priority" and its number: "from 3 to 1", "till 2", "auf 1". */
const between = new Set(
  'to from at as level is be till fran nu auf von zu stufe a de para en au du num numero no nr'.split(' '),
);
const severityWords = ['severit', 'sev', 'schweregrad', 'allvarlighet', 'gravedad', 'gravidade', 'criticit'];
const priorityWords = ['priorit', 'prio'];

const levels: readonly (readonly [name: string, words: readonly string[]])[] = [
  ['Critical', ['critical', 'kritisk', 'kritiskt', 'kritisch', 'critique', 'critico', 'critica']],
  ['Urgent', ['urgent', 'urgente', 'akut', 'dringend']],
  ['High', ['high', 'highest', 'hog', 'hogsta', 'hoch', 'hochste', 'haute', 'alta']],
];
const levelOf = new Map(levels.flatMap(([name, words]) => words.map((word) => [word, name] as const)));

/**
 * The priorities that a sentence names from the word at `first` on, in their order, each once: by the names that most policies know (`P1`,
 * `Sev1`, `Severity 1`, `Critical`, `Urgent`, `High`), whatever language they are written in. Never any other word of the text.
 */
export function namedPriorities(tokens: readonly Token[], first: number, last: number): readonly string[] {
  const sentence = tokens[first]?.sentence;
  const named = new Set<string>();
  for (let at = first; at <= last + REACH; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.sentence !== sentence) break;
    const name = levelOf.get(token.word) ?? abbreviated(token.word) ?? numbered(tokens, at);
    if (name !== null) named.add(name);
  }
  return [...named];
}

/** `p1`, `sev1`. */
function abbreviated(word: string): string | null {
  const [, kind, number] = /^(p|sev)(\d)$/.exec(word) ?? [];
  if (number === undefined) return null;
  return kind === 'p' ? `P${number}` : `Sev${number}`;
}

/** A number that a word for priority or severity stands before. */
function numbered(tokens: readonly Token[], at: number): string | null {
  const number = tokens[at]?.word ?? '';
  if (!/^\d$/.test(number)) return null;
  const sentence = tokens[at]?.sentence;
  for (let before = at - 1; before >= 0; before -= 1) {
    const token = tokens[before];
    if (token === undefined || token.sentence !== sentence) return null;
    const { word } = token;
    if (severityWords.some((start) => word.startsWith(start))) return `Severity ${number}`;
    if (priorityWords.some((start) => word.startsWith(start))) return `P${number}`;
    if (!between.has(word) && !/^\d$/.test(word)) return null;
  }
  return null;
}
