import type { Election } from '@punctual/service-kit';

/**
 * PostgreSQL advisory locks of intake (two-key form: this namespace, then one of these).
 * `sources` is held while a session or a progress is written, and by a watermark from reading the sources until it is appended: so no
 * watermark that lacks a session can follow the session's acknowledgement.
 */
export const LOCK_SPACE = 70_529;

export const locks = { watermarkLeader: 1, sources: 2, announcements: 3, surges: 4 } as const;

/** Who appends watermarks. */
export const watermarkElection: Election = {
  name: 'intake watermark',
  space: LOCK_SPACE,
  lock: locks.watermarkLeader,
};
