import type { TicketFields } from '@punctual/contracts';
import type { CompiledPolicy, TicketAttributes } from '@punctual/policy';
import { classify } from './classify.js';
import type { Decision } from './decision.js';
import { extractFacts } from './extract-facts.js';
import type { Facts } from './facts.js';

/** One ticket as `punctual classify` reads it. Whatever is absent is unknown. */
export interface TicketLine {
  readonly id: string;
  readonly stage?: string | null;
  readonly language?: string | null;
  readonly channel?: string | null;
  readonly subject?: string | null;
  readonly body?: string | null;
  readonly fields?: TicketFields | null;
  readonly plan?: string | null;
  readonly tier?: string | null;
  readonly customer?: string | null;
  readonly product?: string | null;
  /** The priority the requester chose, by any name or alias of the policy. */
  readonly priority?: string | null;
}

export interface ClassifiedLine {
  readonly id: string;
  readonly priority: string;
  readonly covered: boolean;
  readonly reason: string;
  readonly confidence: number;
  readonly needsReview: boolean;
  readonly rule: string | null;
  readonly facts: Facts;
}

/** Classifies one ticket on its own: what the classifier says of it at creation. */
export function classifyTicket(line: TicketLine, policy: CompiledPolicy): ClassifiedLine {
  const attributes: TicketAttributes = {
    customer: line.customer ?? null,
    plan: line.plan ?? null,
    tier: line.tier ?? null,
    channel: line.channel ?? null,
    product: line.product ?? null,
    stage: line.stage ?? null,
    fields: line.fields ?? {},
  };
  const facts = extractFacts({
    subject: line.subject ?? null,
    body: line.body ?? null,
    language: line.language ?? null,
    fields: attributes.fields,
    attributes,
  });
  const decision = classify({ facts, attributes, requested: line.priority ?? null }, policy);
  const { priority, confidence, needsReview, rule } = decision;
  const coverage = coverageOf(decision, attributes, policy);
  return { id: line.id, priority, ...coverage, confidence, needsReview, rule, facts };
}

/** A ticket that does not name its plan is not outside every promise while some plan promises it something. */
function coverageOf(
  decision: Decision,
  attributes: TicketAttributes,
  policy: CompiledPolicy,
): { readonly covered: boolean; readonly reason: string } {
  const { covered, reason, priority, exclusion, notCovered } = decision;
  if (covered || notCovered === null || attributes.plan !== null) return { covered, reason };
  const coveredUnder = policy.plans.filter(
    (plan) => policy.resolve({ ...attributes, plan }, priority, exclusion).covered,
  );
  if (coveredUnder.length === 0) return { covered, reason };
  const own = reason.replace(`; not covered: ${notCovered.reason}`, '');
  return { covered: true, reason: `${own}; the ticket names no plan, covered under ${coveredUnder.join(', ')}` };
}
