import type { QueueEntry } from './compiled-policy.js';
import type { QueueKey } from './document/desk-schema.js';
import type { PrioritySchemes } from './priority-schemes.js';
import { compileSelector, type AttributeNames } from './ticket-selector.js';

/** Part of a place: of a fixed length, or ended by `END`, so that parts are compared one after the other. */
type Part = (entry: QueueEntry) => string;

/** Ends a text within a place. Ids hold no control characters, so nothing in them comes before it. */
const END = '\u0001';

/** Comes after every digit: what has no due instant or no known priority comes after what has. */
const LAST = '~';

/** Digits of ranks, which are fewer than ten thousand, and of instants, moved so that those before 1970 are not negative. */
const RANK_DIGITS = 4;
const INSTANT_DIGITS = 16;
const INSTANT_ZERO = 1_000_000_000_000_000;

/**
 * The place of a waiting ticket in the policy's order, as text: of two tickets the one whose place is the lesser, by code points, comes first. So
 * a database can keep the queue in an index. What waits for others comes last; what people take before its turn comes first in either half,
 * among it in the policy's order. Strict and total:
 * whatever the keys say, ticket id and source come last, so two different tickets have different places and exactly one is number one.
 */
export function compileQueuePlace(keys: readonly QueueKey[], schemes: PrioritySchemes, names: AttributeNames): Part {
  const parts = [waitPart, turnPart, ...keys.map((key) => partOf(key, schemes, names)), ticketPart];
  return (entry) => parts.map((part) => part(entry)).join('');
}

/** Compares two places as a database with the collation `C` does: by code points. */
export function compareQueuePlaces(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const order = codePointRank(a.charCodeAt(at)) - codePointRank(b.charCodeAt(at));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Halves of surrogate pairs stand for code points beyond all that are one unit long. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function partOf(key: QueueKey, schemes: PrioritySchemes, names: AttributeNames): Part {
  if (key === 'ticket') return ticketPart;
  if (key === 'due') return ({ dueAt }) => (dueAt === null ? LAST : instantPart(dueAt));
  if (key === 'priority') {
    return ({ priority, attributes }) => {
      const rank = schemes.rank(priority, schemes.schemeOf(attributes));
      return rank === Number.MAX_SAFE_INTEGER ? LAST : padded(rank, RANK_DIGITS);
    };
  }
  const tests = key.groups.map((group) => compileSelector(group, names));
  return ({ attributes }) => {
    const scheme = schemes.schemeOf(attributes);
    const index = tests.findIndex((test) => test(attributes, scheme));
    return padded(index < 0 ? tests.length : index, RANK_DIGITS);
  };
}

function waitPart({ waits }: QueueEntry): string {
  return waits ? '1' : '0';
}

function turnPart({ outOfTurn }: QueueEntry): string {
  return outOfTurn ? '0' : '1';
}

/** Numeric ids by number, before all others; others by code point. Then the source. */
function ticketPart({ ticket, source }: QueueEntry): string {
  const number = /^\d+$/.test(ticket) ? ticket.replace(/^0+(?=\d)/, '') : null;
  const kind = number === null ? LAST : `${padded(number.length, RANK_DIGITS)}${number}`;
  return `${kind}${ticket}${END}${source}${END}`;
}

function instantPart(at: number): string {
  return padded(Math.max(at + INSTANT_ZERO, 0), INSTANT_DIGITS);
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
