import type { AskedInText } from '@punctual/contracts';
import type { CompiledPolicy, TicketAttributes } from './compiled-policy.js';
import type { RequestMade } from './request-rules.js';

/**
 * The request that a message of the requester's makes by its words; null where the policy takes none from it. An escalation that was accepted
 * before is not asked for again by words alone: whoever waits for it complains more than once.
 */
export function requestInText(
  { request: kind, priorities, confidence }: AskedInText,
  policy: CompiledPolicy,
  { attributes, earlier }: Pick<RequestMade, 'attributes' | 'earlier'>,
): Omit<RequestMade, 'current'> | null {
  if (!policy.takesFromMessage(kind, confidence, attributes)) return null;
  if (kind === 'escalation' && earlier.includes(kind)) return null;
  return {
    kind,
    attributes,
    earlier,
    channel: null,
    priority: mostUrgent(priorities, policy, attributes),
    supplied: [],
  };
}

/** Of the priorities named: whoever asks for a higher one names the one that is left, too. */
function mostUrgent(names: readonly string[], policy: CompiledPolicy, attributes: TicketAttributes): string | null {
  const scheme = policy.schemeOf(attributes);
  const known = new Set(names.map((name) => policy.findPriority(name, attributes)));
  return policy.priorities.find((priority) => priority.scheme === scheme && known.has(priority.name))?.name ?? null;
}
