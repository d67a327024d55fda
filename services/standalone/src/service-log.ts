import { createLogger, type ServiceLogger } from '@punctual/service-kit';
import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';

export interface ServiceLog {
  readonly logger: ServiceLogger;
  close(): Promise<void>;
}

/**
 * The log of one service: JSON lines in `directory/<service>.log` (the file of the start before it is kept as `.1`). Warnings and errors
 * are handed to `onWarning` as one line each.
 */
export function openServiceLog(
  directory: string,
  service: string,
  level: string,
  onWarning: (line: string) => void,
): ServiceLog {
  const file = join(directory, `${service}.log`);
  if (existsSync(file)) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: 'w', mode: 0o600 });
  const write = (line: string): void => {
    stream.write(line);
    const warning = warningIn(line);
    if (warning !== null) onWarning(`${service}: ${warning}`);
  };
  return {
    logger: createLogger({ service, level, destination: { write } }),
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}

/** A warning's or an error's text, with what the error said; null for all other lines. */
export function warningIn(line: string): string | null {
  if (!/"level":"(?:warn|error|fatal)"/.test(line)) return null;
  const entry = JSON.parse(line) as { level: string; msg?: string; err?: { message?: string } };
  const cause = entry.err?.message;
  return `${entry.level}: ${entry.msg ?? ''}${cause !== undefined && cause !== entry.msg ? ` (${cause.split('\n', 1)[0]})` : ''}`;
}
