import type { PriorityDecision, TicketEvent } from '@punctual/contracts';
import {
  requestInText,
  type DeskPolicy,
  type RequestMade,
  type RequestVerdict,
  type TicketAttributes,
} from '@punctual/policy';

const attributeNames = ['customer', 'plan', 'tier', 'channel', 'product', 'stage'] as const;

/** What the policy says to every request of one ticket, the ticket itself among them, by event id. Events in order. */
export function judgeRequests(
  events: readonly TicketEvent[],
  decisions: readonly PriorityDecision[],
  policy: DeskPolicy,
): ReadonlyMap<string, RequestVerdict> {
  const verdicts = new Map<string, RequestVerdict>();
  const earlier: RequestMade['kind'][] = [];
  let attributes: TicketAttributes = {
    customer: null,
    plan: null,
    tier: null,
    channel: null,
    product: null,
    stage: null,
    fields: {},
  };
  for (const event of events) {
    attributes = laidOver(attributes, event);
    const request = requestOf(event, attributes, [...earlier], policy);
    if (!request) continue;
    const current = decisions.findLast(({ at }) => at <= event.occurredAt)?.priority ?? null;
    const verdict = policy.judgeRequest({ ...request, current });
    verdicts.set(event.id, verdict);
    if (verdict.accepted) earlier.push(request.kind);
  }
  return verdicts;
}

function laidOver(attributes: TicketAttributes, { type, data }: TicketEvent): TicketAttributes {
  if (type !== 'ticket.created' && type !== 'ticket.plan.changed' && type !== 'ticket.fields.changed')
    return attributes;
  const said: Readonly<Record<string, unknown>> = data;
  const changed = attributeNames.filter((name) => said[name] !== undefined).map((name) => [name, said[name]] as const);
  const fields = 'fields' in data ? { ...attributes.fields, ...data.fields } : attributes.fields;
  return { ...attributes, ...(Object.fromEntries(changed) as Partial<TicketAttributes>), fields };
}

function requestOf(
  { type, data, asks }: TicketEvent,
  attributes: TicketAttributes,
  earlier: readonly RequestMade['kind'][],
  policy: DeskPolicy,
): Omit<RequestMade, 'current'> | null {
  if (type === 'ticket.created') {
    return {
      kind: 'ticket',
      attributes,
      channel: attributes.channel,
      priority: data.priority ?? null,
      supplied: suppliedBy(data.fields),
      earlier,
    };
  }
  if (type === 'ticket.message.added' && asks !== undefined)
    return requestInText(asks, policy, { attributes, earlier });
  if (type !== 'ticket.request.made') return null;
  return {
    kind: data.request,
    attributes,
    channel: data.channel ?? null,
    priority: data.priority ?? null,
    supplied: suppliedBy(data.supplied),
    earlier,
  };
}

/** A name with nothing behind it supplies nothing. */
function suppliedBy(values: Readonly<Record<string, unknown>> | undefined): string[] {
  return Object.entries(values ?? {})
    .filter(([, value]) => value !== null && value !== '')
    .map(([name]) => name);
}
