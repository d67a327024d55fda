import { createHash } from 'node:crypto';
import type { ChangeKind, CoverageDecision, Instant, PriorityDecision } from '@punctual/contracts';
import type { CompiledPolicy, TicketAttributes } from '@punctual/policy';
import { acceptsChoice, classify } from './classify.js';
import { combineFacts } from './combine-facts.js';
import type { Decision } from './decision.js';
import type { Signal } from './facts.js';
import type { PriorityInput } from './priority-input.js';

/** What one input led to: `effective` decisions stand in the history; the others say why they do not. */
export interface DecisionRecord {
  readonly eventId: string;
  readonly at: Instant;
  /**
   * `unchanged`: the same priority as before; `overruled`: an agent's word stands; `refused`: a choice the policy does not accept;
   * `not_understood`: a priority the policy does not know.
   */
  readonly outcome: 'effective' | 'unchanged' | 'overruled' | 'refused' | 'not_understood';
  readonly decision: Decision;
}

export interface DecidedPriorities {
  readonly priorityHistory: readonly PriorityDecision[];
  readonly coverageHistory: readonly CoverageDecision[];
  readonly decisions: readonly DecisionRecord[];
}

interface TicketSoFar {
  attributes: TicketAttributes;
  subject: readonly Signal[];
  body: readonly Signal[];
  requested: string | null;
  /** An agent has set the priority: the classifier's word no longer takes effect. */
  byAgent: boolean;
  agentDecisions: number;
}

/**
 * Folds everything that can matter for a ticket's priority into its whole decision history. Pure, and the same for any order and any
 * repetition of the inputs; both the classifier and a simulation use it. Decision ids are hashes of what caused them.
 */
export function decidePriorities(inputs: readonly PriorityInput[], policy: CompiledPolicy): DecidedPriorities {
  const fold = new PriorityFold(policy);
  for (const input of inOrder(inputs)) fold.take(input);
  return { priorityHistory: fold.priorityHistory, coverageHistory: fold.coverageHistory, decisions: fold.decisions };
}

class PriorityFold {
  readonly priorityHistory: PriorityDecision[] = [];
  readonly coverageHistory: CoverageDecision[] = [];
  readonly decisions: DecisionRecord[] = [];
  private readonly ticket: TicketSoFar = {
    attributes: { customer: null, plan: null, tier: null, channel: null, product: null, stage: null, fields: {} },
    subject: [],
    body: [],
    requested: null,
    byAgent: false,
    agentDecisions: 0,
  };

  constructor(private readonly policy: CompiledPolicy) {}

  take(input: PriorityInput): void {
    if (input.type !== 'ticket.priority.changed') {
      this.learn(input);
      this.reclassify(input, input.kind ?? 'correction');
    } else if (input.actor === 'requester' || input.actor === 'participant') {
      this.takeChoice(input);
    } else {
      this.takeOrder(input);
    }
  }

  private learn(input: Exclude<PriorityInput, { type: 'ticket.priority.changed' }>): void {
    const { ticket } = this;
    const { attributes } = ticket;
    ticket.attributes = { ...attributes, ...input.attributes, fields: { ...attributes.fields, ...input.fields } };
    ticket.subject = input.subject ?? ticket.subject;
    ticket.body = input.body ?? ticket.body;
    ticket.requested = input.requested ?? ticket.requested;
  }

  private reclassify(input: PriorityInput, kind: ChangeKind): void {
    const decision = this.judge();
    this.recordCoverage(input, kind, decision.exclusion);
    if (this.ticket.byAgent && this.knows(this.current()?.priority)) {
      this.record(input, 'overruled', decision);
      return;
    }
    this.ticket.byAgent = false;
    if (this.current()?.priority === decision.priority) {
      this.record(input, 'unchanged', decision);
      return;
    }
    this.append(input, kind, decision);
  }

  /** A requester's later choice counts as their choice at creation would, where the policy accepts one by then. */
  private takeChoice(input: Extract<PriorityInput, { type: 'ticket.priority.changed' }>): void {
    const { ticket, policy } = this;
    if (policy.findPriority(input.priority, ticket.attributes) === null) {
      this.record(
        input,
        'not_understood',
        this.withoutEffect('the requester chose a priority this policy does not know'),
      );
      return;
    }
    if (!acceptsChoice(policy, ticket.attributes)) {
      this.record(input, 'refused', this.withoutEffect('this channel may not choose a priority'));
      return;
    }
    if (policy.classification.requesterChoice.at === 'creation') {
      const why = 'the requester chooses a priority when submitting the ticket; later it may be asked for';
      this.record(input, 'refused', this.withoutEffect(why));
      return;
    }
    ticket.requested = input.priority;
    this.reclassify(input, input.kind ?? 'change');
  }

  /** An agent's word, or the helpdesk's own automation's; one that names no actor is taken to be an agent's. */
  private takeOrder(input: Extract<PriorityInput, { type: 'ticket.priority.changed' }>): void {
    const { ticket, policy } = this;
    const priority = policy.findPriority(input.priority, ticket.attributes);
    if (priority === null) {
      this.record(input, 'not_understood', this.withoutEffect('an agent set a priority this policy does not know'));
      return;
    }
    const standing = this.current();
    const confirms = standing?.priority === priority;
    const automatic = input.actor === 'bot' || input.actor === 'system';
    const decision = this.orderOf(
      priority,
      automatic ? 'set by the helpdesk’s automation' : confirms ? 'confirmed by an agent' : 'set by an agent',
    );
    if (confirms && automatic) {
      // An automation that repeats what stands (our own answer written back, say) confirms nothing.
      this.record(input, 'unchanged', decision);
      return;
    }
    const first = ticket.agentDecisions === 0 ? policy.agentFirstPriority : 'change';
    ticket.byAgent = true;
    ticket.agentDecisions += 1;
    this.append(input, input.kind ?? (confirms ? 'change' : first), decision);
  }

  private judge(): Decision {
    const { attributes, subject, body, requested } = this.ticket;
    const facts = combineFacts([...subject, ...body], attributes.fields, attributes);
    return classify({ facts, attributes, requested }, this.policy);
  }

  private orderOf(priority: string, reason: string): Decision {
    const now = this.judge();
    const resolution = this.policy.resolve(this.ticket.attributes, priority, now.exclusion);
    return {
      ...now,
      priority,
      covered: resolution.covered,
      notCovered: resolution.covered ? null : { code: resolution.code, reason: resolution.reason },
      reason: `${reason}${resolution.covered ? '' : `; not covered: ${resolution.reason}`}`,
      confidence: 1,
      needsReview: false,
      rule: null,
      status: 'decided',
      by: 'agent',
    };
  }

  private withoutEffect(reason: string): Decision {
    const now = this.judge();
    const standing = this.current();
    return {
      ...now,
      priority: standing?.priority ?? now.priority,
      by: standing?.by ?? now.by,
      reason,
      needsReview: true,
    };
  }

  private append(input: PriorityInput, kind: ChangeKind, decision: Decision): void {
    this.priorityHistory.push({
      decisionId: decisionId(input, this.policy),
      eventId: input.id,
      at: input.occurredAt,
      kind: this.priorityHistory.length === 0 ? 'correction' : kind,
      priority: decision.priority,
      by: decision.by,
      status: decision.status,
      rule: decision.rule,
      confidence: decision.confidence,
      needsReview: decision.needsReview,
      reason: decision.reason,
    });
    this.record(input, 'effective', decision);
  }

  private recordCoverage(input: PriorityInput, kind: ChangeKind, exclusion: string | null): void {
    const standing = this.coverageHistory.at(-1);
    if (standing && standing.exclusion === exclusion) return;
    this.coverageHistory.push({
      eventId: input.id,
      at: input.occurredAt,
      kind: standing ? kind : 'correction',
      exclusion,
    });
  }

  private record(input: PriorityInput, outcome: DecisionRecord['outcome'], decision: Decision): void {
    this.decisions.push({ eventId: input.id, at: input.occurredAt, outcome, decision });
  }

  private current(): PriorityDecision | undefined {
    return this.priorityHistory.at(-1);
  }

  /** Whether a priority exists in the ticket's present scheme: one of another scheme cannot stand. */
  private knows(priority: string | undefined): boolean {
    return priority !== undefined && this.policy.findPriority(priority, this.ticket.attributes) !== null;
  }
}

/** The creation first, whatever its date (SLA-SEMANTICS §1: what is dated before creation counts at creation), then by the order of events. */
function inOrder(inputs: readonly PriorityInput[]): PriorityInput[] {
  const byId = new Map<string, PriorityInput>();
  for (const input of [...inputs].sort(compareInputs)) if (!byId.has(input.id)) byId.set(input.id, input);
  const ordered = [...byId.values()];
  const created = ordered.find(({ type }) => type === 'ticket.created');
  const rest = ordered.filter(({ type }) => type !== 'ticket.created');
  return created ? [created, ...rest] : rest;
}

/** The contracts' order of events; two contents under one id, which never both reach us, are still told apart the same way each time. */
function compareInputs(a: PriorityInput, b: PriorityInput): number {
  return (
    a.occurredAt - b.occurredAt ||
    a.sequence - b.sequence ||
    a.kindRank - b.kindRank ||
    compareText(a.id, b.id) ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** SHA-256 over source, ticket, event and policy version, 32 hex digits. */
function decisionId(input: PriorityInput, policy: CompiledPolicy): string {
  const content = JSON.stringify(['priority', input.source, input.ticket, input.id, policy.id, policy.version]);
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
