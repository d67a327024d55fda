import type { TicketFields } from '@punctual/contracts';
import type { FactName, TicketAttributes } from '@punctual/policy';
import { factNames, type Evidence, type Fact, type Facts, type KnownFact, type Signal } from './facts.js';
import { readFields } from './read-fields.js';

/** A fact surer than nothing but below this is left unknown. */
export const THIN = 0.3;
const CEILING = 0.97;
const MAX_EVIDENCE = 5;

interface Weighed {
  readonly value: string;
  readonly score: number;
  readonly evidence: readonly Evidence[];
}

/**
 * Weighs what the subject and the body say into facts. Structured fields win over text; text only speaks where no field does. Facts
 * the text implies are added last, with the evidence they follow from.
 */
export function combineFacts(
  signals: readonly Signal[],
  fields: TicketFields,
  attributes: TicketAttributes | null,
): Facts {
  const facts: Partial<Record<KnownFact, Fact>> = { ...readFields(fields, attributes) };
  const weighed = new Map(factNames.map((fact) => [fact, weigh(signals.filter((signal) => signal.fact === fact))]));
  weighed.set('kind', weighKind(weighed));
  for (const fact of factNames) {
    if (facts[fact]) continue;
    const decided = decide(weighed.get(fact) ?? []);
    if (decided) facts[fact] = decided;
  }
  implyImpact(facts, weighed.get('impact') ?? []);
  implyEnvironment(facts, signals);
  return facts;
}

/** Per value: independent observations add up (1 − Π(1 − w)), denials take away. Most first. */
function weigh(signals: readonly Signal[]): Weighed[] {
  const values = new Set(signals.filter((signal) => !signal.against).map(({ value }) => value));
  return [...values]
    .map((value) => {
      const said = distinct(signals.filter((signal) => signal.value === value && !signal.against));
      const denied = distinct(signals.filter((signal) => signal.value === value && signal.against));
      const doubt = said.slice(0, 4).reduce((rest, { weight }) => rest * (1 - weight), 1);
      const denial = denied.reduce((rest, { weight }) => rest * (1 - 0.8 * weight), 1);
      return {
        value,
        score: Math.min(CEILING, 1 - doubt) * denial,
        evidence: said.slice(0, MAX_EVIDENCE).map(({ evidence }) => evidence),
      };
    })
    .sort((a, b) => b.score - a.score);
}

/** The strongest signal per cue: a phrase repeated is not a second observation. */
function distinct(signals: readonly Signal[]): Signal[] {
  const byCue = new Map<string, Signal>();
  for (const signal of signals) {
    const known = byCue.get(signal.evidence.cue);
    if (!known || known.weight < signal.weight) byCue.set(signal.evidence.cue, signal);
  }
  return [...byCue.values()].sort((a, b) => b.weight - a.weight);
}

function decide(weighed: readonly Weighed[]): Fact | null {
  const [best, next] = weighed;
  if (!best) return null;
  const confidence = round(best.score * (1 - 0.35 * ((next?.score ?? 0) / best.score)));
  return confidence < THIN ? null : { value: best.value, confidence, evidence: best.evidence };
}

/** A failure told is an incident, however politely it is asked about; one already in use is not being built. */
function weighKind(weighed: ReadonlyMap<FactName, readonly Weighed[]>): Weighed[] {
  const failures = [
    ...(weighed.get('impact') ?? []).filter(({ value }) => value === 'outage' || value === 'degraded'),
    ...(weighed.get('data_loss') ?? []).filter(({ value }) => value === 'yes'),
    ...(weighed.get('security') ?? []).filter(({ value }) => value === 'yes'),
  ].sort((a, b) => b.score - a.score);
  const kinds = weighed.get('kind') ?? [];
  const told = kinds.find(({ value }) => value === 'incident');
  const failure = failures[0];
  const inProduction = (weighed.get('environment') ?? [])[0]?.value === 'production';
  const others = kinds
    .filter(({ value }) => value !== 'incident')
    .map((kind) => (kind.value === 'building' && inProduction ? { ...kind, score: kind.score * 0.6 } : kind));
  if (!failure && !told) return others.sort((a, b) => b.score - a.score);
  const score = 1 - (1 - (failure?.score ?? 0) * 0.8) * (1 - (told?.score ?? 0) * 0.6);
  const evidence = [...(failure?.evidence ?? []), ...(told?.evidence ?? [])].slice(0, MAX_EVIDENCE);
  return [{ value: 'incident', score: Math.min(CEILING, score), evidence }, ...others].sort(
    (a, b) => b.score - a.score,
  );
}

/** Cosmetic faults and results still usable are minor, unless the text tells of an outage. */
function implyImpact(facts: Partial<Record<KnownFact, Fact>>, weighed: readonly Weighed[]): void {
  if (facts.impact && facts.impact.evidence[0]?.field.startsWith('fields.')) return;
  const outage = weighed.find(({ value }) => value === 'outage')?.score ?? 0;
  const mild = [facts.cosmetic, facts.result_usable].find((fact) => fact?.value === 'yes' && fact.confidence >= 0.6);
  if (
    mild &&
    outage < 0.75 &&
    (!facts.impact || facts.impact.value === 'degraded' || facts.impact.value === 'outage')
  ) {
    facts.impact = { value: 'minor', confidence: round(mild.confidence * 0.9), evidence: mild.evidence };
  }
}

/**
 * Nobody says "in production" while the house burns: a failure told without any word of another environment is taken to be one in
 * production, with moderate confidence. Production denied and nothing else named is taken to be elsewhere.
 */
function implyEnvironment(facts: Partial<Record<KnownFact, Fact>>, signals: readonly Signal[]): void {
  if (facts.environment) return;
  const denied = signals.filter(
    ({ fact, value, against }) => fact === 'environment' && value === 'production' && against,
  );
  if (denied.length > 0) {
    facts.environment = {
      value: 'staging',
      confidence: 0.5,
      evidence: denied.slice(0, 1).map(({ evidence }) => evidence),
    };
    return;
  }
  const impact = facts.impact;
  const failing = impact?.value === 'outage' || impact?.value === 'degraded';
  if (!failing || impact.confidence < 0.5 || facts.kind?.value !== 'incident') return;
  const confidence = facts.scope || facts.business_impact?.value === 'stated' ? 0.65 : 0.6;
  facts.environment = { value: 'production', confidence, evidence: impact.evidence.slice(0, 1) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
