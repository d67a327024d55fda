import { factValues, type FactName } from '@punctual/policy';

/** Facts a ticket can have: those of the policy language, and the product where a field names one. */
export type KnownFact = FactName | 'product';

/** Where a fact was read. Offsets are UTF-16 code units in the field as it was delivered; `end` is exclusive. */
export interface Evidence {
  /** `subject`, `body`, `fields.<name>` or `attributes.<name>`. */
  readonly field: string;
  readonly start: number;
  readonly end: number;
  /** What was recognised, in this library's own words (a lexicon phrase, a field value it knows): never the ticket's text. */
  readonly cue: string;
}

export interface Fact {
  readonly value: string;
  /** 0..1. */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
}

/** A fact that is absent is unknown. */
export type Facts = Readonly<Partial<Record<KnownFact, Fact>>>;

/**
 * One observation, before it is weighed against the others: what a phrase of one field says about one fact. `against` says the
 * value is denied ("production is not affected").
 */
export interface Signal {
  readonly fact: FactName;
  readonly value: string;
  /** 0..1. */
  readonly weight: number;
  readonly against: boolean;
  readonly evidence: Evidence;
}

export const factNames = Object.keys(factValues) as FactName[];

/** Facts whose denial is the other value. */
export function isYesNo(fact: FactName): boolean {
  const values: readonly string[] = factValues[fact];
  return values.length === 2 && values.includes('yes') && values.includes('no');
}
