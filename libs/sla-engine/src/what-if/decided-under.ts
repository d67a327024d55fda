import type { PriorityDecision } from '@punctual/contracts';
import type { CompiledPolicy, TicketAttributes } from '@punctual/policy';

/** Decisions as another policy takes them. */
export interface DecisionsUnder {
  readonly decisions: readonly PriorityDecision[];
  /** Names of priorities that the policy does not know: its default stands for them. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * The decisions of one policy as another has to take them where the text is not at hand to decide anew: a priority stands under the
 * other's name for it; one it does not know becomes its default for such a ticket. Pure.
 */
export function decidedUnder(
  policy: CompiledPolicy,
  decisions: readonly PriorityDecision[],
  attributes: TicketAttributes,
): DecisionsUnder {
  const unknown = new Set<string>();
  const taken = decisions.map((decision) => {
    const known = policy.findPriority(decision.priority, attributes);
    if (known === decision.priority) return decision;
    if (known !== null) return { ...decision, priority: known };
    unknown.add(decision.priority);
    const priority = policy.classification.defaultPriority(attributes);
    const reason = `'${decision.priority}' is unknown to ${policy.id}, whose default this is`;
    return { ...decision, priority, by: 'default' as const, rule: null, reason };
  });
  return { decisions: taken, unknown };
}
