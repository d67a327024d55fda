import type { Evidence } from './facts.js';
import { languagesOf } from './language.js';
import { lexicons } from './languages/all.js';
import { phrasesOf, type Lexicon, type RequestKind } from './lexicon.js';
import { maskText } from './mask.js';
import { PhraseMatcher } from './phrase-matcher.js';
import { MAX_TEXT } from './read-text.js';
import { tokenise } from './tokens.js';

export interface RecognizedRequest {
  readonly request: RequestKind;
  /** 0..1. */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
}

/** What a comment asks for may be asked for twice; the graver request speaks. */
const gravity: readonly RequestKind[] = ['escalation', 'elevation', 'update'];
const matchers = new Map<string, PhraseMatcher<RequestKind>>();

/** Whether a later comment asks for an update, an elevation or an escalation; null where it asks for none. */
export function recognizeRequest(body: string, language: string | null = null): RecognizedRequest | null {
  const { tokens } = tokenise(maskText(body.slice(0, MAX_TEXT)));
  const found = languagesOf(tokens, language).flatMap((name) => {
    const lexicon = lexicons.get(name);
    return lexicon ? matcherOf(lexicon).find(tokens) : [];
  });
  for (const request of gravity) {
    const matches = found.filter(({ payload }) => payload === request);
    const [first] = matches;
    if (!first) continue;
    const phrases = new Set(matches.map(({ phrase }) => phrase)).size;
    const words = Math.max(...matches.map((match) => match.last - match.first + 1));
    return {
      request,
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

function matcherOf(lexicon: Lexicon): PhraseMatcher<RequestKind> {
  const known = matchers.get(lexicon.language);
  if (known) return known;
  const light = new Set(tokenise(lexicon.light).tokens.map(({ word }) => word));
  const matcher = new PhraseMatcher<RequestKind>(light, new Set());
  for (const request of gravity)
    for (const phrase of phrasesOf(lexicon.requests[request])) matcher.add(phrase, request);
  matchers.set(lexicon.language, matcher);
  return matcher;
}
