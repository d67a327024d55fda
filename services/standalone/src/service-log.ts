import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Where a service's log lines go. */
export interface ServiceLog {
  /** Takes a line with its line break. */
  write(line: string): void;
  close(): Promise<void>;
}

const SAME_WARNING_MS = 60_000;

/**
 * The log of one service: JSON lines in `directory/<service>.log` (the file of the start before it is kept as `.1`). Warnings and errors
 * are handed to `onWarning` as one line each, the same one once a minute: what cannot reach a broker says so several times a second.
 */
export function openServiceLog(directory: string, service: string, onWarning: (line: string) => void): ServiceLog {
  const file = join(directory, `${service}.log`);
  if (existsSync(file)) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: 'w', mode: 0o600 });
  const toldAt = new Map<string, number>();
  const isNews = (warning: string): boolean => {
    const now = performance.now();
    if (now - (toldAt.get(warning) ?? -Infinity) < SAME_WARNING_MS) return false;
    toldAt.set(warning, now);
    return true;
  };
  return {
    write: (line) => {
      stream.write(line);
      const warning = warningIn(line);
      if (warning !== null && isNews(warning)) onWarning(`${service}: ${warning}`);
    },
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}

interface LogEntry {
  readonly level: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
  readonly problems?: readonly { readonly variable: string; readonly what: string; readonly fix: string }[];
}

/** A warning's or an error's text, with what the error said; null for all other lines. */
export function warningIn(line: string): string | null {
  if (!/"level":"(?:warn|error|fatal)"/.test(line)) return null;
  const entry = JSON.parse(line) as LogEntry;
  const [problem] = entry.problems ?? [];
  const cause = problem === undefined ? entry.err?.message : `${problem.variable}: ${problem.what}. ${problem.fix}`;
  return `${entry.level}: ${entry.msg ?? ''}${cause !== undefined && cause !== entry.msg ? ` (${cause.split('\n', 1)[0]})` : ''}`;
}
