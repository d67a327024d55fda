import { withoutText, type AdditionalResource, type TicketEvent, type TicketFields } from './ticket-event.js';

/** Stands where a person's id, or what a person wrote, was erased: that somebody was assigned stays true. */
export const FORGOTTEN = 'forgotten';

/** The words a ticket's policy uses, in lower case: a value that is one of them is the desk's own and may decide something. */
export type KnownWords = ReadonlySet<string>;

/**
 * The event without text, without anybody's id, and without values that nobody but a person could have chosen. What a policy decides by is
 * left, so that the event is folded as before.
 */
export function withoutPeople(event: TicketEvent, known: KnownWords): TicketEvent {
  const bare = withoutText(event);
  const data = { ...(bare.data as Record<string, unknown>) };
  const { actor, assignee, fields, priority, resources } = data as {
    actor?: { readonly id?: string };
    assignee?: { readonly person: string | null };
    fields?: TicketFields | null;
    priority?: unknown;
    resources?: readonly AdditionalResource[];
  };
  if (actor?.id !== undefined) data['actor'] = { ...actor, id: FORGOTTEN };
  if (assignee && assignee.person !== null) data['assignee'] = { ...assignee, person: FORGOTTEN };
  if (fields) data['fields'] = forgottenFields(fields, known);
  if (typeof priority === 'string') data['priority'] = forgottenPriority(priority, known);
  if (resources) data['resources'] = forgottenResources(resources);
  if (data['reason'] !== undefined) data['reason'] = FORGOTTEN;
  return { ...bare, data } as TicketEvent;
}

/** Fields by name; of what the policy does not know only that something was said is left. */
export function forgottenFields(fields: TicketFields, known: KnownWords): TicketFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const says = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
      return [name, !says || isKnown(String(value), known) ? value : FORGOTTEN];
    }),
  );
}

/** That something was named stays, how much of it too. */
export function forgottenResources(resources: readonly AdditionalResource[]): AdditionalResource[] {
  return resources.map(({ what }) => ({ who: FORGOTTEN, ...(what === undefined ? {} : { what: FORGOTTEN }) }));
}

/** A priority by a name the policy knows; any other may be somebody's words. */
export function forgottenPriority(priority: string, known: KnownWords): string {
  return isKnown(priority, known) ? priority : FORGOTTEN;
}

function isKnown(value: string, known: KnownWords): boolean {
  return known.has(value.trim().toLowerCase());
}
