import { factValues, type FactName, type TicketAttributes } from '@punctual/policy';
import type { TicketFields } from '@punctual/contracts';
import type { Fact, KnownFact } from './facts.js';
import { fieldNames, fieldValues, yesNoValues } from './languages/fields.js';
import { normaliseWord } from './tokens.js';

const MAX_VALUE = 200;
const NO_TEXT = new Set(['', 'n/a', 'na', '-', 'none selected', 'unknown', 'null']);

/** What the form's fields and the ticket's attributes say. A field whose value is not understood says nothing. */
export function readFields(
  fields: TicketFields,
  attributes: TicketAttributes | null,
): Readonly<Partial<Record<KnownFact, Fact>>> {
  const facts: Partial<Record<KnownFact, Fact>> = {};
  for (const name of Object.keys(fields).sort()) {
    const raw = fields[name];
    if (raw === null || raw === undefined) continue;
    const fact = factOf(name);
    if (fact === null || facts[fact]) continue;
    const text = String(raw).slice(0, MAX_VALUE);
    if (NO_TEXT.has(text.trim().toLowerCase())) continue;
    const value = fact === 'product' ? text.trim() : valueOf(fact, raw);
    if (value !== null && value !== '') facts[fact] = stated(value, `fields.${name}`, String(raw).length, fact);
  }
  if (attributes?.product)
    facts.product ??= stated(attributes.product, 'attributes.product', attributes.product.length, 'product');
  if (attributes?.stage && !facts.stage) {
    const value = valueOf('stage', attributes.stage);
    if (value !== null) facts.stage = stated(value, 'attributes.stage', attributes.stage.length, 'stage');
  }
  return facts;
}

function stated(value: string, field: string, length: number, fact: KnownFact): Fact {
  const cue = fact === 'product' ? 'product' : value;
  return { value, confidence: 1, evidence: [{ field, start: 0, end: length, cue }] };
}

function factOf(name: string): KnownFact | null {
  return fieldNames.get(normalForm(name)) ?? null;
}

function valueOf(fact: FactName, raw: string | number | boolean): string | null {
  const allowed: readonly string[] = factValues[fact];
  if (typeof raw === 'boolean') return allowed.includes('yes') ? (raw ? 'yes' : 'no') : null;
  const text = normalForm(String(raw).slice(0, MAX_VALUE));
  if (allowed.includes(text.replaceAll(' ', '_'))) return text.replaceAll(' ', '_');
  const named = fieldValues.get(fact)?.get(text);
  if (named !== undefined) return named;
  if (allowed.includes('yes')) return yesNoValues.get(text) ?? yesNoValues.get(text.split(' ')[0] ?? '') ?? null;
  return longestContained(fact, text);
}

/** "Production (EU)" or "Sev 1 - Production system down": the longest known value that stands in the text as whole words. */
function longestContained(fact: FactName, text: string): string | null {
  const padded = ` ${text} `;
  if (/ (not|non|no|inte|ej|icke|nicht|kein|pas|hors|nao|sin|sem) /.test(padded) && fact !== 'environment') return null;
  let best: [string, string] | null = null;
  for (const [words, value] of fieldValues.get(fact) ?? []) {
    if (padded.includes(` ${words} `) && (best === null || words.length > best[0].length)) best = [words, value];
  }
  return best?.[1] ?? null;
}

/** `Data-Loss?`, `data_loss` and `DataLoss` name one field. */
function normalForm(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map(normaliseWord)
    .join(' ');
}
