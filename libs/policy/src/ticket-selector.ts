import type { TicketAttributes } from './compiled-policy.js';
import { selectorKeys, type Selector } from './document/fields.js';
import type { PolicyDocument } from './document/policy-document.js';

/** Whether a ticket of this scheme is meant. Attributes are compared ignoring case; plans and tiers also by their aliases. */
export type TicketTest = (ticket: TicketAttributes, scheme: string) => boolean;

/** Any channel, where it is known which: what comes by an unknown way no rule holds against it. */
export const ANY_CHANNEL = 'any';

/** The canonical spelling of plans and tiers, from lower-case names and aliases. */
export interface AttributeNames {
  readonly plan: ReadonlyMap<string, string>;
  readonly tier: ReadonlyMap<string, string>;
}

export function attributeNames(document: Pick<PolicyDocument, 'plans' | 'tiers'>): AttributeNames {
  const table = (entries: PolicyDocument['plans']) =>
    new Map(
      entries.flatMap(({ name, aliases }) =>
        [name, ...aliases].map((text) => [text.toLowerCase(), name.toLowerCase()]),
      ),
    );
  return { plan: table(document.plans), tier: table(document.tiers) };
}

/** A test for a selector: every attribute it names must have one of the values it lists. An absent attribute has none. */
export function compileSelector(selector: Selector, known: AttributeNames): TicketTest {
  const tests: TicketTest[] = [];
  for (const key of selectorKeys) {
    const wanted = selector[key];
    if (wanted === undefined) continue;
    if (key === 'fields') {
      for (const [field, values] of Object.entries(wanted)) tests.push(fieldTest(field, values));
    } else {
      tests.push(attributeTest(key, wanted as readonly string[], known));
    }
  }
  return (ticket, scheme) => tests.every((test) => test(ticket, scheme));
}

function attributeTest(
  key: Exclude<keyof Selector, 'fields' | 'assumed'>,
  wanted: readonly string[],
  known: AttributeNames,
): TicketTest {
  const canonical = (text: string): string => {
    const lower = text.toLowerCase();
    return (key === 'plan' || key === 'tier' ? known[key].get(lower) : undefined) ?? lower;
  };
  const values = new Set(wanted.map(canonical));
  if (key === 'channel' && values.has(ANY_CHANNEL)) return (ticket) => ticket.channel !== null;
  if (key === 'scheme') return (_ticket, scheme) => values.has(scheme.toLowerCase());
  return (ticket) => {
    const value = ticket[key];
    return value !== null && values.has(canonical(value));
  };
}

function fieldTest(field: string, wanted: readonly string[]): TicketTest {
  const values = new Set(wanted.map((text) => text.toLowerCase()));
  return (ticket) => {
    const value = Object.hasOwn(ticket.fields, field) ? ticket.fields[field] : undefined;
    return value !== undefined && value !== null && values.has(String(value).toLowerCase());
  };
}
