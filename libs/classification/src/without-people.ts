import { FORGOTTEN, forgottenFields, forgottenPriority, type KnownWords, type TicketFields } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { decidePriorities } from './decide-priorities.js';
import type { PriorityInput } from './priority-input.js';
import { readFields } from './read-fields.js';

/**
 * Inputs without what a person may have written into a form: values that the policy knows stay, of others what they state of a fact. What
 * is decided by them stays as it was; were a value needed for that all the same, the inputs are left as they are, and null is given.
 */
export function inputsWithoutPeople(
  inputs: readonly PriorityInput[],
  policy: CompiledPolicy,
  known: KnownWords,
): readonly PriorityInput[] | null {
  const bare = inputs.map((input): PriorityInput => {
    if (input.type === 'ticket.priority.changed') {
      return { ...input, priority: forgottenPriority(input.priority, known) };
    }
    return {
      ...input,
      fields: input.fields === null ? null : statedFields(input.fields, known),
      requested: input.requested === null ? null : forgottenPriority(input.requested, known),
    };
  });
  return historiesOf(bare, policy) === historiesOf(inputs, policy) ? bare : null;
}

function statedFields(fields: TicketFields, known: KnownWords): TicketFields {
  const bare = forgottenFields(fields, known);
  for (const [name, value] of Object.entries(bare)) {
    if (value !== FORGOTTEN) continue;
    const [stated] = Object.entries(readFields({ [name]: fields[name] ?? null }, null));
    if (stated !== undefined && stated[0] !== 'product') bare[name] = stated[1].value;
  }
  return bare;
}

function historiesOf(inputs: readonly PriorityInput[], policy: CompiledPolicy): string {
  const { priorityHistory, coverageHistory } = decidePriorities(inputs, policy);
  return JSON.stringify([priorityHistory, coverageHistory]);
}
