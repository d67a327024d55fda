/** The wall clock as a port: services inject it, tests move it by hand. Engines never see it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** Provider token of the `Clock`. */
export const CLOCK = Symbol('Clock');
