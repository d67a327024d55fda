import { formatInstant, type Instant } from '@punctual/contracts';
import type { EscalationExpected, Scenario } from '@punctual/policy';
import { escalationsOf, type EscalationView, type Saying } from '@punctual/sla-engine';
import { compare, type Mismatch } from './mismatch.js';

/** What a scenario expects of escalations and the fold does not have. */
export function escalationMismatches({ expect }: Scenario, sayings: readonly Saying[]): Mismatch[] {
  const escalations = escalationsOf(sayings);
  return (expect.escalations ?? []).flatMap((expected) => {
    const where = expected.line === undefined ? `escalation '${expected.step}'` : `escalation of line ${expected.line}`;
    const found = escalations.find((escalation) => isMeant(expected, escalation));
    if (!found) return [{ where, expected: expected.standing, actual: 'not raised' }];
    return differencesOf(where, expected, found);
  });
}

function isMeant({ line, step, promise }: EscalationExpected, escalation: EscalationView): boolean {
  if (line !== undefined) return escalation.request === `line-${line}`;
  return escalation.step === step && (promise === undefined || escalation.promise === promise);
}

function differencesOf(where: string, expected: EscalationExpected, found: EscalationView): Mismatch[] {
  const { standing, raisedAt, acknowledgedAt, resolvedAt, resources } = expected;
  const named = found.resolved?.resources.map(({ who }) => who).join(', ') ?? '';
  return [
    ...compare(`${where}.standing`, standing, found.standing),
    ...compare(`${where}.raisedAt`, instantText(raisedAt), instantText(found.raisedAt) ?? null),
    ...compare(`${where}.acknowledgedAt`, instantText(acknowledgedAt), instantText(found.acknowledged?.at) ?? null),
    ...compare(`${where}.resolvedAt`, instantText(resolvedAt), instantText(found.resolved?.at) ?? null),
    ...compare(`${where}.resources`, resources?.join(', '), named),
  ];
}

function instantText(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : formatInstant(at);
}
