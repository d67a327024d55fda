import 'reflect-metadata';
import { Terminal } from './report/terminal.js';
import { readStartOptions, usage } from './start-options.js';
import { start } from './start.js';
import { StopOrder } from './stop-order.js';
import { UserFault } from './user-fault.js';

/** npm passes a Ctrl-C on that the terminal has sent us already: two signals within this time are one, ms. */
const SAME_SIGNAL_MS = 1_000;

async function main(): Promise<void> {
  const terminal = new Terminal();
  const options = readStartOptions(process.argv.slice(2), process.env);
  if (options === null) return terminal.line(usage);
  const abort = new AbortController();
  const stops = new StopOrder();
  let exitCode = 0;

  let signalledAt: number | null = null;
  const onSignal = (): void => {
    const at = performance.now();
    if (signalledAt !== null && at - signalledAt < SAME_SIGNAL_MS) return;
    // Never cut short: what is in hand is finished within seconds, and PostgreSQL is not left running.
    terminal.line(signalledAt === null ? 'Stopping …' : 'Still stopping: what is in hand is being finished.');
    signalledAt = at;
    abort.abort();
    if (started) void finish();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

  const finish = async (): Promise<void> => {
    const failures = await stops.stopAll();
    for (const failure of failures) terminal.warning(`  did not stop in order: ${failure}`);
    if (failures.length > 0) exitCode = 1;
    else terminal.line('Stopped; nothing is lost.');
    process.exit(exitCode);
  };
  const fail = (error: unknown): void => {
    if (!abort.signal.aborted) {
      exitCode = 1;
      complain(terminal, error);
    }
    void finish();
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  let started = false;
  try {
    await start(options, terminal, stops, abort.signal);
    started = true;
    if (abort.signal.aborted) await finish();
  } catch (error) {
    fail(error);
  }
}

function complain(terminal: Terminal, error: unknown): void {
  if (error instanceof UserFault) terminal.warning(`\n${error.message}`);
  else
    terminal.warning(`\nThe start failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

main().catch((error: unknown) => {
  complain(new Terminal(), error);
  process.exitCode = 1;
});
