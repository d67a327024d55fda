import type { Actor } from '@punctual/contracts';

/** A person in a sentence: by role and opaque id, or by role alone. */
export function actorName({ role, id }: Actor): string {
  return id === undefined ? `the ${role}` : `${role} ${id}`;
}
