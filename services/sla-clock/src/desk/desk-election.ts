import type { Election } from '@punctual/service-kit';

/** Who measures desks and decides by their figures. The space is the SLA clock's own. */
export const deskElection: Election = { name: 'sla-clock desks', space: 70_530, lock: 1 };
