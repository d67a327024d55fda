import { deniedBefore } from './denial.js';
import type { Evidence } from './facts.js';
import { languagesOf } from './language.js';
import { lexicons } from './languages/all.js';
import { phrasesOf, type Lexicon, type RequestKind } from './lexicon.js';
import { maskText } from './mask.js';
import { namedPriorities } from './named-priorities.js';
import { PhraseMatcher, type PhraseMatch } from './phrase-matcher.js';
import { MAX_TEXT } from './read-text.js';
import { tokenise, type Token } from './tokens.js';

export interface RecognizedRequest {
  readonly request: RequestKind;
  /** The priorities an elevation names, by the names most policies know; the text may name one that is left as well as one that is wanted. */
  readonly priorities: readonly string[];
  /** 0..1. */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
}

/** What a comment asks for may be asked for twice; the graver request speaks. */
const gravity: readonly RequestKind[] = ['escalation', 'elevation', 'update'];

type Payload = RequestKind | 'denies';

interface Reader {
  readonly matcher: PhraseMatcher<Payload>;
  /** What a denial reaches over: "no need to escalate". */
  readonly carries: ReadonlySet<string>;
}

const readers = new Map<string, Reader>();

/** Words over which a denial reaches to what is asked for, besides the light ones of the language. */
const needs = `need want wish reason necessary required behov vill behover nodvandigt anledning grund notig brauchen mussen besoin necessaire
  necesario necesidad falta hace necesito preciso precisa necessario necessidade`;

/** Whether a later comment asks for an update, an elevation or an escalation; null where it asks for none, or says that it does not. */
export function recognizeRequest(body: string, language: string | null = null): RecognizedRequest | null {
  const { tokens } = tokenise(maskText(body.slice(0, MAX_TEXT)));
  const found = languagesOf(tokens, language).flatMap((name) => {
    const lexicon = lexicons.get(name);
    return lexicon ? asserted(readerOf(lexicon), tokens) : [];
  });
  for (const request of gravity) {
    const matches = found.filter(({ payload }) => payload === request);
    if (matches.length === 0) continue;
    const phrases = new Set(matches.map(({ phrase }) => phrase)).size;
    const words = Math.max(...matches.map((match) => match.last - match.first + 1));
    return {
      request,
      priorities: request === 'elevation' ? prioritiesOf(tokens, matches) : [],
      confidence: Math.min(0.95, 0.6 + 0.1 * Math.min(words, 3) + 0.1 * (phrases - 1)),
      evidence: matches.slice(0, 5).map((match) => ({
        field: 'body',
        start: tokens[match.first]?.start ?? 0,
        end: tokens[match.last]?.end ?? 0,
        cue: match.phrase,
      })),
    };
  }
  return null;
}

/** The requests that are made and not denied. */
function asserted({ matcher, carries }: Reader, tokens: readonly Token[]): PhraseMatch<Payload>[] {
  const matches = matcher.find(tokens);
  const denials = new Set(matches.filter(({ payload }) => payload === 'denies').map(({ last }) => last));
  return matches.filter(
    ({ payload, denied, first }) => payload !== 'denies' && !denied && !deniedBefore(carries, tokens, first, denials),
  );
}

function prioritiesOf(tokens: readonly Token[], matches: readonly PhraseMatch<Payload>[]): readonly string[] {
  return [...new Set(matches.flatMap(({ first, last }) => namedPriorities(tokens, first, last)))];
}

function readerOf(lexicon: Lexicon): Reader {
  const known = readers.get(lexicon.language);
  if (known) return known;
  const light = wordsOf(lexicon.light);
  const denying = phrasesOf(lexicon.deniesNext);
  const single = denying.filter((phrase) => !/[ /*]/.test(phrase)).flatMap((word) => [...wordsOf(word)]);
  const matcher = new PhraseMatcher<Payload>(light, new Set(single));
  for (const request of gravity)
    for (const phrase of phrasesOf(lexicon.requests[request])) matcher.add(phrase, request);
  for (const phrase of denying) matcher.add(phrase, 'denies');
  const reader = { matcher, carries: new Set([...light, ...wordsOf(needs)]) };
  readers.set(lexicon.language, reader);
  return reader;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(tokenise(text).tokens.map(({ word }) => word));
}
