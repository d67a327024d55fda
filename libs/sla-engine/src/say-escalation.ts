import { formatInstant } from '@punctual/contracts';
import type { EscalationView } from './escalation-view.js';

/**
 * Where an escalation stands, in one sentence for a support lead: "Lead told was raised at …, acknowledged at … and resolved at …, naming 2
 * additional resources." Instants are ISO-8601 with `Z`; nobody is named. SLA-SEMANTICS §7, §8.
 */
export function sayEscalation({ step, asked, raisedAt, acknowledged, resolved }: EscalationView): string {
  const requested = asked === 'concern' ? 'The worry about the service' : 'The escalation that was asked for';
  const name = step === null ? requested : `'${step}'`;
  const course = [
    `was raised at ${formatInstant(raisedAt)}`,
    ...(acknowledged === null ? [] : [`acknowledged at ${formatInstant(acknowledged.at)}`]),
    ...(resolved === null ? [] : [`resolved at ${formatInstant(resolved.at)}${naming(resolved)}`]),
  ];
  const last = course.pop() ?? '';
  const told = course.length === 0 ? last : `${course.join(', ')} and ${last}`;
  return `${name} ${told}${acknowledged === null && resolved === null ? '; nobody has taken it up yet' : ''}.`;
}

/** How many additional resources were named, as the end of a sentence; empty where none were. Nobody is named. */
export function naming({ resources = [] }: { readonly resources?: readonly unknown[] | undefined }): string {
  if (resources.length === 0) return '';
  return `, naming ${resources.length} additional resource${resources.length === 1 ? '' : 's'}`;
}
