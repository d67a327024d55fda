import type { QueueEntry } from './compiled-policy.js';
import type { QueueKey } from './document/desk-schema.js';
import type { PrioritySchemes } from './priority-schemes.js';
import { compileSelector, type AttributeNames } from './ticket-selector.js';

type Comparison = (a: QueueEntry, b: QueueEntry) => number;

/**
 * The policy's order of waiting tickets. Strict and total: whatever the keys say, ticket id and source come last, so two different
 * tickets are never equal and exactly one is number one. What has no due instant or no known priority comes after what has.
 */
export function compileQueueOrder(
  keys: readonly QueueKey[],
  schemes: PrioritySchemes,
  names: AttributeNames,
): Comparison {
  const comparisons = [...keys.map((key) => comparison(key, schemes, names)), byTicket];
  return (a, b) => {
    for (const compare of comparisons) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function comparison(key: QueueKey, schemes: PrioritySchemes, names: AttributeNames): Comparison {
  if (key === 'ticket') return byTicket;
  if (key === 'due') return (a, b) => ascending(a.dueAt ?? Infinity, b.dueAt ?? Infinity);
  if (key === 'priority') {
    const rank = ({ priority, attributes }: QueueEntry) => schemes.rank(priority, schemes.schemeOf(attributes));
    return (a, b) => rank(a) - rank(b);
  }
  const tests = key.groups.map((group) => compileSelector(group, names));
  const rank = ({ attributes }: QueueEntry) => {
    const scheme = schemes.schemeOf(attributes);
    const index = tests.findIndex((test) => test(attributes, scheme));
    return index < 0 ? tests.length : index;
  };
  return (a, b) => rank(a) - rank(b);
}

/** Numeric ids by number, before all others; others by code unit. Then the source. */
function byTicket(a: QueueEntry, b: QueueEntry): number {
  return compareIds(a.ticket, b.ticket) || compareText(a.source, b.source);
}

function compareIds(a: string, b: string): number {
  const [first, second] = [digits(a), digits(b)];
  if (first !== null && second !== null) {
    return first.length - second.length || compareText(first, second) || compareText(a, b);
  }
  if (first !== null || second !== null) return first !== null ? -1 : 1;
  return compareText(a, b);
}

/** The number without leading zeros; compared as text because ids outgrow what a double holds. */
function digits(id: string): string | null {
  return /^\d+$/.test(id) ? id.replace(/^0+(?=\d)/, '') : null;
}

function ascending(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
