import type { CompiledPolicy } from '@punctual/policy';
import type { TicketState } from './ticket-state.js';

/** The version a ticket runs under while it is folded, and those it ran under before. */
export class PolicyInForce {
  private readonly former: CompiledPolicy[] = [];

  constructor(
    public current: CompiledPolicy,
    /** That of the ticket's creation. */
    private readonly initial: CompiledPolicy = current,
  ) {}

  turnTo(policy: CompiledPolicy): void {
    this.former.push(this.current);
    this.current = policy;
  }

  /** A version by its hash; the present one where it never applied. */
  ofVersion(version: string): CompiledPolicy {
    return this.former.find((policy) => policy.version === version) ?? this.current;
  }

  /**
   * A decision's priority as the version calls it. Decisions are taken under the version of the ticket's creation; one that a later version
   * does not know becomes its default.
   */
  named(priority: string | null, { attributes }: TicketState): string | null {
    const { current, initial } = this;
    if (priority === null || current.version === initial.version) return priority;
    return current.findPriority(priority, attributes) ?? current.classification.defaultPriority(attributes);
  }
}
