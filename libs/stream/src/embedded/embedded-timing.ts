/** How often things happen, all in ms. */
export interface EmbeddedTiming {
  /** A member says that it lives. */
  readonly heartbeatMs: number;
  /** A member silent for longer has gone. */
  readonly memberTtlMs: number;
  /** The heads are read even if no notification came. */
  readonly pollMs: number;
  /** The least time between two notifications to other processes: one per commit costs a third of the throughput. */
  readonly notifyMs: number;
  /** How long a position moved by idle units may stay unsaved. */
  readonly savePositionMs: number;
  /** How often old records are looked for. */
  readonly trimMs: number;
}

export const defaultTiming: EmbeddedTiming = {
  heartbeatMs: 1_000,
  memberTtlMs: 6_000,
  pollMs: 1_000,
  notifyMs: 20,
  savePositionMs: 5_000,
  trimMs: 600_000,
};
