import { parsePhrase } from './lexicon.js';
import type { Token } from './tokens.js';

/** A phrase found: which payload, its first and last token (inclusive), and whether a denying word stands in a gap of it. */
export interface PhraseMatch<T> {
  readonly payload: T;
  readonly phrase: string;
  readonly first: number;
  readonly last: number;
  readonly denied: boolean;
}

interface Node<T> {
  readonly near: Edges<T>;
  readonly wide: Edges<T>;
  readonly ends: { payload: T; phrase: string }[];
}
interface Edges<T> {
  readonly exact: Map<string, Node<T>>;
  readonly prefix: Map<string, Node<T>>;
  shortest: number;
  longest: number;
}

const LIGHT_GAP = 2;
const WIDE_GAP = 3;

/**
 * Finds phrases of the lexicon's notation in a token stream by walking a trie from every token. A walk is bounded by the longest
 * phrase and its gaps, so the time is linear in the text.
 */
export class PhraseMatcher<T> {
  private readonly root: Node<T> = newNode();

  constructor(
    private readonly light: ReadonlySet<string>,
    private readonly denying: ReadonlySet<string>,
  ) {}

  add(phrase: string, payload: T): void {
    let nodes = [this.root];
    for (const slot of parsePhrase(phrase)) {
      nodes = nodes.flatMap((node) => {
        const edges = slot.wide ? node.wide : node.near;
        return slot.words.map(({ text, prefix }) => {
          if (prefix) {
            edges.shortest = Math.min(edges.shortest, text.length);
            edges.longest = Math.max(edges.longest, text.length);
          }
          const map = prefix ? edges.prefix : edges.exact;
          const next = map.get(text) ?? newNode<T>();
          map.set(text, next);
          return next;
        });
      });
    }
    for (const node of nodes) node.ends.push({ payload, phrase });
  }

  /** Every match, in the order of their first tokens. */
  find(tokens: readonly Token[]): PhraseMatch<T>[] {
    const found: PhraseMatch<T>[] = [];
    for (let first = 0; first < tokens.length; first += 1) {
      const token = tokens[first];
      if (token === undefined) continue;
      for (const node of follow(this.root.near, token.word)) this.walk(tokens, first, first, node, false, found);
    }
    return found;
  }

  private walk(
    tokens: readonly Token[],
    first: number,
    last: number,
    node: Node<T>,
    denied: boolean,
    found: PhraseMatch<T>[],
  ): void {
    for (const { payload, phrase } of node.ends) found.push({ payload, phrase, first, last, denied });
    const sentence = tokens[last]?.sentence;
    if (hasEdges(node.near)) {
      for (let at = last + 1; at <= last + 1 + LIGHT_GAP; at += 1) {
        const token = tokens[at];
        if (token === undefined || token.sentence !== sentence) break;
        for (const next of follow(node.near, token.word)) this.walk(tokens, first, at, next, denied, found);
        if (!this.light.has(token.word)) break;
      }
    }
    if (hasEdges(node.wide)) {
      let crossed = denied;
      for (let at = last + 1; at <= last + 1 + WIDE_GAP; at += 1) {
        const token = tokens[at];
        if (token === undefined || token.sentence !== sentence) break;
        for (const next of follow(node.wide, token.word)) this.walk(tokens, first, at, next, crossed, found);
        if (this.denying.has(token.word)) crossed = true;
      }
    }
  }
}

function newNode<T>(): Node<T> {
  return { near: newEdges(), wide: newEdges(), ends: [] };
}

function newEdges<T>(): Edges<T> {
  return { exact: new Map(), prefix: new Map(), shortest: Number.POSITIVE_INFINITY, longest: 0 };
}

function hasEdges<T>(edges: Edges<T>): boolean {
  return edges.exact.size > 0 || edges.prefix.size > 0;
}

function follow<T>(edges: Edges<T>, word: string): Node<T>[] {
  const nodes: Node<T>[] = [];
  const exact = edges.exact.get(word);
  if (exact) nodes.push(exact);
  for (let length = edges.shortest; length <= Math.min(edges.longest, word.length); length += 1) {
    const node = edges.prefix.get(word.slice(0, length));
    if (node) nodes.push(node);
  }
  return nodes;
}
