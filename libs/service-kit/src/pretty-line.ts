const colours: Readonly<Record<string, string>> = {
  fatal: '\u001b[31m',
  error: '\u001b[31m',
  warn: '\u001b[33m',
  info: '\u001b[32m',
  debug: '\u001b[90m',
  trace: '\u001b[90m',
};

const inPrefix = new Set(['time', 'level', 'service', 'context', 'msg', 'instance', 'err']);

/** A pino JSON line as one line for people: time, level, service and context, message, the remaining fields. */
export function prettyLine(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown>;
  const level = String(entry['level']);
  const time = String(entry['time']).slice(11, 23);
  const origin = [entry['service'], entry['context']].filter(Boolean).join('/');
  const rest = Object.entries(entry)
    .filter(([key]) => !inPrefix.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const error = entry['err'] as { stack?: string; message?: string } | undefined;
  const trace = error ? `\n${error.stack ?? error.message ?? ''}` : '';
  const colour = colours[level] ?? '';
  return `${time} ${colour}${level.padEnd(5)}\u001b[0m ${origin}: ${String(entry['msg'] ?? '')}${rest ? ` \u001b[90m${rest}\u001b[0m` : ''}${trace}\n`;
}
