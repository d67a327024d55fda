import { isDeepStrictEqual } from 'node:util';
import type { FactCondition } from '../compiled-policy.js';
import { selectorKeys, type Selector } from '../document/fields.js';
import { ANY_CHANNEL } from '../ticket-selector.js';

/**
 * Whether the wide condition holds wherever the narrow one does. `false` may also mean that it cannot be told from the form alone; `true`
 * is always right.
 */
export function conditionCovers(wide: FactCondition, narrow: FactCondition): boolean {
  if ('always' in wide || isDeepStrictEqual(wide, narrow)) return true;
  if ('any' in narrow) return narrow.any.every((part) => conditionCovers(wide, part));
  if ('all' in wide) return wide.all.every((part) => conditionCovers(part, narrow));
  if ('any' in wide && wide.any.some((part) => conditionCovers(part, narrow))) return true;
  if ('all' in narrow) return narrow.all.some((part) => conditionCovers(wide, part));
  if ('not' in wide && 'not' in narrow) return conditionCovers(narrow.not, wide.not);
  const [outer, inner] = [atom(wide), atom(narrow)];
  return outer !== null && inner !== null && outer.about === inner.about && isSubset(inner.values, outer.values);
}

/** Whether two parts of a condition that must both hold contradict each other: the same fact with no value in common. */
export function contradiction(condition: FactCondition): string | null {
  if (!('all' in condition)) return null;
  const seen = new Map<string, readonly string[]>();
  for (const part of conjuncts(condition)) {
    const read = atom(part);
    if (read === null) continue;
    const before = seen.get(read.about);
    const both = before === undefined ? read.values : before.filter((value) => read.values.includes(value));
    if (both.length === 0) return read.about;
    seen.set(read.about, both);
  }
  return null;
}

function conjuncts(condition: FactCondition): readonly FactCondition[] {
  return 'all' in condition ? condition.all.flatMap(conjuncts) : [condition];
}

/** Whether the wide selector takes every ticket that the narrow one takes. */
export function selectorCovers(
  wide: Selector & { priority?: string[] | undefined },
  narrow: Selector & { priority?: string[] | undefined },
): boolean {
  const lists = [...selectorKeys.filter((key) => key !== 'fields'), 'priority'] as const;
  const byLists = lists.every((key) => {
    const outer = wide[key] as readonly string[] | undefined;
    const inner = narrow[key] as readonly string[] | undefined;
    if (outer === undefined) return true;
    if (inner === undefined) return false;
    return isSubset(inner, outer) || (key === 'channel' && outer.includes(ANY_CHANNEL));
  });
  const fields = Object.entries(wide.fields ?? {}).every(([field, values]) => {
    const inner = narrow.fields?.[field];
    return inner !== undefined && isSubset(inner, values);
  });
  return byLists && fields;
}

function atom(condition: FactCondition): { readonly about: string; readonly values: readonly string[] } | null {
  if ('fact' in condition) return { about: condition.fact, values: condition.in };
  if ('attribute' in condition) return { about: `ticket.${condition.attribute}`, values: condition.in };
  if ('field' in condition) return { about: `fields.${condition.field}`, values: condition.in };
  if ('chosen' in condition) return { about: 'chosen', values: condition.chosen };
  return null;
}

function isSubset(inner: readonly string[], outer: readonly string[]): boolean {
  const wanted = new Set(outer.map((value) => value.toLowerCase()));
  return inner.every((value) => wanted.has(value.toLowerCase()));
}
