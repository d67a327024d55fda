import type { TicketFields } from '@punctual/contracts';
import type { TicketAttributes } from '@punctual/policy';
import { combineFacts } from './combine-facts.js';
import type { Facts, Signal } from './facts.js';
import { tellLanguage } from './language.js';
import { readText } from './read-text.js';

export interface TicketText {
  readonly subject?: string | null;
  readonly body?: string | null;
  /** BCP 47, where the helpdesk knows it. */
  readonly language?: string | null;
}

export interface TicketContent extends TicketText {
  readonly fields?: TicketFields;
  readonly attributes?: TicketAttributes | null;
}

/**
 * The facts a ticket's fields and text tell, each with its confidence and evidence; a fact that is absent is unknown. At most 20,000
 * UTF-16 code units of a field are read. Offsets of evidence are relative to the field as given.
 */
export function extractFacts(content: TicketContent): Facts {
  const { subject, body } = readTicketText(content);
  const attributes = content.attributes ?? null;
  return combineFacts([...subject, ...body], content.fields ?? attributes?.fields ?? {}, attributes);
}

/** What subject and body say, each apart, so that one may change without the other. */
export function readTicketText(text: TicketText): {
  readonly subject: readonly Signal[];
  readonly body: readonly Signal[];
} {
  const subject = text.subject ?? '';
  const body = text.body ?? '';
  // A subject alone is often too short to tell its language; the body helps.
  const language = tellLanguage(`${subject}\n${body}`) ?? text.language ?? null;
  return { subject: readText('subject', subject, language), body: readText('body', body, language) };
}
