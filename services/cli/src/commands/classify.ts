import { classifyTicket } from '@punctual/classification';
import { TicketFields } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { z } from 'zod';
import { readPolicy } from '../policy/read-policy.js';
import type { ExitCode } from '../program.js';
import { MAX_LINE, openBytes, readLines } from '../terminal/input.js';
import { Output } from '../terminal/output.js';

const text = (most: number) => z.string().max(most).nullish();

/** Fields that Punctual does not know are left alone: an export has many. */
const TicketLineSchema = z.object({
  id: z.union([z.string().min(1).max(200), z.int()]),
  stage: text(200),
  language: text(35),
  channel: text(200),
  subject: text(2_000),
  body: text(200_000),
  fields: TicketFields.nullish(),
  plan: text(200),
  tier: text(200),
  customer: text(200),
  product: text(200),
  priority: z.union([text(200), z.number().transform(String)]),
});

export interface ClassifyOptions {
  readonly policy: string;
  readonly strict?: boolean;
}

/** Decides the priority of tickets given as JSON lines, one decision a line in the same order. Bad lines get an error line. */
export async function classifyCommand(options: ClassifyOptions): Promise<ExitCode> {
  const { policy } = await readPolicy(options.policy);
  const { bytes } = await openBytes('-');
  const output = Output.stdout();
  let failed = 0;
  for await (const lines of readLines(bytes)) {
    for (const line of lines) {
      if (line.text?.trim() === '') continue;
      const answer = answerTo(line.text, policy);
      if ('error' in answer) failed++;
      await output.line(JSON.stringify(answer));
    }
    await output.flush();
  }
  return options.strict && failed > 0 ? 1 : 0;
}

function answerTo(line: string | null, policy: CompiledPolicy): object {
  if (line === null) return failure(undefined, 'line_too_long', `a line has at most ${MAX_LINE} characters`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return failure(undefined, 'invalid_json', `the line is not JSON: ${(error as Error).message}`);
  }
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined;
  const parsed = TicketLineSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    );
    return failure(
      typeof id === 'string' || typeof id === 'number' ? id : undefined,
      'invalid_ticket',
      problems.join('; '),
    );
  }
  const { data } = parsed;
  return { ...classifyTicket({ ...withoutUndefined(data), id: String(data.id) }, policy), id: data.id };
}

function failure(id: string | number | undefined, code: string, message: string): object {
  return { ...(id === undefined ? {} : { id }), error: { code, message } };
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Present<T>;
}
