import type { LetterSelection } from '@punctual/stream';
import { instantOption } from '../terminal/instant-option.js';
import { UserError } from '../user-error.js';

/** The options that choose among dead letters. */
export interface LetterOptions {
  readonly topic?: string;
  readonly code?: string;
  readonly stage?: string;
  readonly source?: string;
  readonly ticket?: string;
  readonly since?: string;
  readonly until?: string;
}

export function selectionOf(options: LetterOptions, which: LetterSelection['which']): LetterSelection {
  const { topic, code, stage, source, ticket } = options;
  const since = instantOption('--since', options.since);
  const until = instantOption('--until', options.until);
  return {
    which,
    ...(topic === undefined ? {} : { topic }),
    ...(code === undefined ? {} : { code }),
    ...(stage === undefined ? {} : { stage }),
    ...(source === undefined ? {} : { source }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
  };
}

/** Reads `TOPIC/PARTITION/OFFSET`, as `dlq list` shows it. Throws UserError. */
export function letterIdOf(text: string): string {
  if (/^[^/]+\/\d+\/\d+$/.test(text)) return text;
  throw new UserError(`'${text}' names no dead letter`, {
    where: text,
    fix: 'write TOPIC/PARTITION/OFFSET as dlq list shows it, such as tickets.received/3/4711',
  });
}
