import type { Language, TicketKind } from './text-template.js';

/** A company that the sample invents: its support organisation, its customers and the policy that judges its tickets. */
export interface Company {
  /** The source of its ticket events. */
  readonly source: string;
  readonly name: string;
  /** The id of a built-in policy pack. */
  readonly policy: string;
  /** How many of the sample's tickets are its own, relative to the others. */
  readonly weight: number;
  /** When its agents work. */
  readonly agents: { readonly zone: string; readonly opens: number; readonly closes: number };
  /** The hours in which its policy counts working time, near enough (no holidays); the end may lie past midnight. */
  readonly promised: { readonly zone: string; readonly opens: number; readonly closes: number };
  /** Where its customers sit, and in which languages they write. */
  readonly offices: readonly CustomerOffice[];
  readonly customers: readonly Customer[];
  readonly teams: readonly string[];
  readonly channels: Readonly<Record<string, number>>;
  /** Channels whose form has the requester choose a priority. */
  readonly choosesIn: readonly string[];
  /** The priorities of its policy, most urgent first, with the time its agents mean to answer in. */
  readonly priorities: readonly Pace[];
  /** The place in `priorities` that a kind of ticket usually deserves. */
  readonly urgency: Readonly<Record<TicketKind, number>>;
  readonly kinds: Readonly<Partial<Record<TicketKind, number>>>;
  /** What its product can do, in its customers' languages. */
  readonly features: Readonly<Partial<Record<Language, readonly string[]>>>;
  /** How often an answer comes too late, 0..1. */
  readonly lateShare: number;
}

export interface Pace {
  readonly name: string;
  readonly answerMs: number;
  readonly aroundTheClock: boolean;
}

export interface CustomerOffice {
  readonly zone: string;
  readonly weight: number;
  readonly languages: Readonly<Partial<Record<Language, number>>>;
}

export interface Customer {
  readonly id: string;
  readonly plan?: string;
  readonly tier?: string;
  readonly stage?: string;
}
