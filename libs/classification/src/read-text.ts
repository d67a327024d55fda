import type { FactName } from '@punctual/policy';
import { deniedBefore } from './denial.js';
import { isYesNo, type Signal } from './facts.js';
import { languagesOf } from './language.js';
import { phrasesOf, type Lexicon } from './lexicon.js';
import { lexicons } from './languages/all.js';
import { maskText } from './mask.js';
import { PhraseMatcher, type PhraseMatch } from './phrase-matcher.js';
import { tokenise, type Token, type TokenisedText } from './tokens.js';

/** How much of a field is read, UTF-16 code units. What a ticket is about stands at its beginning. */
export const MAX_TEXT = 20_000;
/** How many observations of one field are kept; the first ones. */
const MAX_SIGNALS = 200;
/** A failure supposed, wished away or over says less than one asserted. */
const NOT_ASSERTED = 0.25;
const IN_QUESTION = 0.8;
const MAX_LIGHT = 4;

type Payload =
  | { readonly does: 'says'; readonly fact: FactName; readonly value: string; readonly weight: number }
  | { readonly does: 'deniesNext' | 'deniesPrevious' | 'hypothetical' | 'past' };

interface Reader {
  readonly lexicon: Lexicon;
  readonly light: ReadonlySet<string>;
  readonly matcher: PhraseMatcher<Payload>;
}

const readers = new Map<string, Reader>();

/** The words of one field after masking, with the languages it is read in. */
export function readText(field: string, text: string, language: string | null): readonly Signal[] {
  const read = tokenise(maskText(text.slice(0, MAX_TEXT)));
  const found: { signal: Signal; first: number; last: number }[] = [];
  for (const name of languagesOf(read.tokens, language)) {
    const lexicon = lexicons.get(name);
    if (!lexicon) continue;
    for (const one of readIn(readerOf(lexicon), read, field)) {
      // The language read first has the word: `no` is "in the" in Portuguese, not a negation.
      const taken = found.some(
        (other) => other.signal.fact === one.signal.fact && other.first <= one.last && one.first <= other.last,
      );
      if (!taken) found.push(one);
      if (found.length >= MAX_SIGNALS) break;
    }
  }
  return found.map(({ signal }) => signal);
}

function readIn(reader: Reader, read: TokenisedText, field: string) {
  const matches = reader.matcher.find(read.tokens);
  const byFirst = matches.filter(({ payload }) => payload.does === 'deniesPrevious');
  const denials = longest(matches.filter(({ payload }) => payload.does === 'deniesNext'));
  const denialEnds = new Map(denials.map((denial) => [denial.last, denial]));
  const denialStarts = new Set(byFirst.map(({ first }) => first));
  const unasserted = sentencesOf(read.tokens, matches, 'hypothetical');
  const over = sentencesOf(read.tokens, matches, 'past');
  const says = longestPerFact(matches);
  return says.map((match) => {
    const { fact, value, weight } = match.payload;
    const sentence = read.tokens[match.first]?.sentence ?? 0;
    const denied =
      (match.denied && (fact !== 'environment' || deniesPlace(match, denialStarts))) ||
      deniedBefore(reader.light, read.tokens, match.first, denialEnds) ||
      ((fact === 'environment' || fact === 'scope') && deniedAfter(reader, read.tokens, match.last, denialStarts));
    const scale = weakened(fact, value, {
      unasserted: unasserted.has(sentence),
      over: over.has(sentence),
      question: read.questions.has(sentence),
    });
    return {
      first: match.first,
      last: match.last,
      signal: toSignal(fact, value, weight * scale, denied, {
        field,
        start: read.tokens[match.first]?.start ?? 0,
        end: read.tokens[match.last]?.end ?? 0,
        cue: match.phrase,
      }),
    };
  });
}

function toSignal(
  fact: FactName,
  value: string,
  weight: number,
  denied: boolean,
  evidence: Signal['evidence'],
): Signal {
  if (!denied) return { fact, value, weight, against: false, evidence };
  if (isYesNo(fact))
    return { fact, value: value === 'yes' ? 'no' : 'yes', weight: weight * 0.9, against: false, evidence };
  if (fact === 'business_impact' && value === 'stated')
    return { fact, value: 'none', weight: weight * 0.6, against: false, evidence };
  return { fact, value, weight, against: true, evidence };
}

const asserted = new Set<FactName>(['impact', 'data_loss', 'security', 'business_impact', 'scope', 'system_critical']);

function weakened(
  fact: FactName,
  value: string,
  where: { unasserted: boolean; over: boolean; question: boolean },
): number {
  const failure = asserted.has(fact) || (fact === 'kind' && value === 'incident');
  if (!failure) return 1;
  if (where.unasserted || where.over) return NOT_ASSERTED;
  return where.question ? IN_QUESTION : 1;
}

function sentencesOf(
  tokens: readonly Token[],
  matches: readonly PhraseMatch<Payload>[],
  does: 'hypothetical' | 'past',
): Set<number> {
  return new Set(
    matches.filter(({ payload }) => payload.does === does).map(({ first }) => tokens[first]?.sentence ?? 0),
  );
}

/** Inside "production is not affected" the place is denied; inside "production is not quite down" the failure is, and the place stands. */
function deniesPlace(match: PhraseMatch<Payload>, starts: ReadonlySet<number>): boolean {
  for (let at = match.first + 1; at <= match.last; at += 1) if (starts.has(at)) return true;
  return false;
}

function deniedAfter(reader: Reader, tokens: readonly Token[], last: number, starts: ReadonlySet<number>): boolean {
  const sentence = tokens[last]?.sentence;
  for (let at = last + 1; at <= last + 1 + MAX_LIGHT; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.sentence !== sentence) return false;
    if (starts.has(at)) return true;
    if (!reader.light.has(token.word)) return false;
  }
  return false;
}

type Saying = PhraseMatch<Extract<Payload, { does: 'says' }>>;

/** Of overlapping phrases about one fact the longest speaks: "no workaround" silences "workaround". */
function longestPerFact(matches: readonly PhraseMatch<Payload>[]): Saying[] {
  const byFact = new Map<FactName, Saying[]>();
  for (const match of matches) {
    if (!isSaying(match)) continue;
    const group = byFact.get(match.payload.fact);
    if (group) group.push(match);
    else byFact.set(match.payload.fact, [match]);
  }
  return [...byFact.values()].flatMap((group) => longest(group).slice(0, MAX_SIGNALS));
}

function isSaying(match: PhraseMatch<Payload>): match is Saying {
  return match.payload.does === 'says';
}

function longest<M extends PhraseMatch<Payload>>(matches: readonly M[]): M[] {
  const kept: M[] = [];
  for (const match of [...matches].sort((a, b) => a.first - b.first || b.last - a.last || weightOf(b) - weightOf(a))) {
    const previous = kept.at(-1);
    if (previous === undefined || match.first > previous.last) kept.push(match);
    else if (match.last - match.first > previous.last - previous.first) kept[kept.length - 1] = match;
    else if (weightOf(match) > weightOf(previous) && match.last - match.first === previous.last - previous.first)
      kept[kept.length - 1] = match;
  }
  return kept;
}

function weightOf(match: PhraseMatch<Payload>): number {
  return match.payload.does === 'says' ? match.payload.weight : 0;
}

function readerOf(lexicon: Lexicon): Reader {
  const known = readers.get(lexicon.language);
  if (known) return known;
  const light = wordsOf(lexicon.light);
  const denying = new Set(
    phrasesOf(lexicon.deniesNext)
      .filter((phrase) => !/[ /*]/.test(phrase))
      .flatMap((word) => [...wordsOf(word)]),
  );
  const matcher = new PhraseMatcher<Payload>(light, denying);
  for (const { fact, value, weight, phrases } of lexicon.cues) {
    for (const phrase of phrases) matcher.add(phrase, { does: 'says', fact, value, weight });
  }
  for (const does of ['deniesNext', 'deniesPrevious', 'hypothetical', 'past'] as const) {
    for (const phrase of phrasesOf(lexicon[does])) matcher.add(phrase, { does });
  }
  const reader = { lexicon, light, matcher };
  readers.set(lexicon.language, reader);
  return reader;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(tokenise(text).tokens.map(({ word }) => word));
}
