import { compareTicketEvents, type Instant, type TicketEvent } from '@punctual/contracts';
import { arrivals } from './arrivals.js';
import { companies } from './companies.js';
import type { Company } from './company.js';
import { alwaysOpen, officeHours } from './office-hours.js';
import { Random } from './random.js';
import type { Language, TicketKind } from './text-template.js';
import { tellStory, type StoryOutline } from './ticket-story.js';

const WEEK = 7 * 86_400_000;

export interface SampleOptions {
  /** The sample ends here, epoch ms; nothing in it is later. */
  readonly now: Instant;
  /** How many tickets, about; at least 60. Default 2,000. */
  readonly tickets?: number;
  /** Default `punctual`. */
  readonly seed?: string;
}

export interface SampleWeek {
  readonly companies: readonly Company[];
  /** What happened up to `now`, in time order. */
  readonly events: readonly TicketEvent[];
  /** What would happen next, ticket by ticket, each in time order: material for going on live. */
  readonly unfinished: readonly (readonly TicketEvent[])[];
  readonly tickets: number;
}

/**
 * The last week of the sample's companies. Deterministic: the same options give the same events. A few tickets of each company are
 * placed so that at any `now`, also at night, clocks run, are at risk, are paused and are past due.
 */
export function sampleWeek(options: SampleOptions): SampleWeek {
  const { now, tickets = 2_000, seed = 'punctual' } = options;
  const total = companies.reduce((sum, company) => sum + company.weight, 0);
  const stories = companies.flatMap((company) => {
    const random = new Random(`${seed} ${company.source}`);
    const count = Math.max(12, Math.round((tickets * company.weight) / total));
    return tellWeek(company, count, now, random);
  });
  return {
    companies,
    events: stories
      .flatMap((story) => story.filter((event) => event.occurredAt <= now))
      .sort(
        (a, b) =>
          a.occurredAt - b.occurredAt ||
          (a.source < b.source ? -1 : a.source > b.source ? 1 : 0) ||
          compareTicketEvents(a, b),
      ),
    unfinished: stories
      .map((story) => story.filter((event) => event.occurredAt > now))
      .filter((rest) => rest.length > 0),
    tickets: stories.length,
  };
}

function tellWeek(company: Company, count: number, now: Instant, random: Random): TicketEvent[][] {
  const placed = presentOutlines(company, now, random);
  const arriving = arrivals(company, count - placed.length, now - WEEK, now, random);
  const number = numbering(company);
  const previous: { ticket: string; customer: string }[] = [];
  const stories = arriving.map(({ at, zone }) => {
    const ticket = number();
    const customer = random.pick(company.customers);
    const twin = random.chance(0.03) ? previous.findLast((other) => other.customer === customer.id) : undefined;
    if (twin === undefined) previous.push({ ticket, customer: customer.id });
    const outline = { ticket, createdAt: at, around: now, zone, customer, language: languageIn(company, zone, random) };
    return tellStory(company, twin === undefined ? outline : { ...outline, mergeInto: twin.ticket }, random);
  });
  return [...stories, ...placed.map((outline) => tellStory(company, { ...outline, ticket: number() }, random))];
}

/** Ticket numbers such as `BRA-1001`. */
export function numbering(company: Company, first = 1_001): () => string {
  let next = first;
  return () => `${company.source.slice(0, 3).toUpperCase()}-${next++}`;
}

/** A language that people at a customer's office in this zone write. */
export function languageIn(company: Company, zone: string, random: Random): Language {
  return random.weighted(company.offices.find((office) => office.zone === zone)?.languages ?? { en: 1 });
}

interface Presence {
  readonly kind: TicketKind;
  readonly urgency: number;
  /** How much of the usual time to answer has passed. */
  readonly elapsedShare: number;
  readonly firstAnswer: NonNullable<StoryOutline['firstAnswer']>;
}

/** One ticket in every state that matters now. The last priority is the most patient, so it also shows in a small sample. */
function presentOutlines(company: Company, now: Instant, random: Random): Omit<StoryOutline, 'ticket'>[] {
  const last = company.priorities.length - 1;
  const scenes: Presence[] = [
    { kind: 'how_to', urgency: last, elapsedShare: 0.2, firstAnswer: 'never' },
    { kind: 'degraded', urgency: last - 1, elapsedShare: 0.3, firstAnswer: 'never' },
    { kind: 'how_to', urgency: last, elapsedShare: 0.86, firstAnswer: 'never' },
    { kind: 'degraded', urgency: last - 1, elapsedShare: 0.9, firstAnswer: 'never' },
    { kind: 'broken', urgency: 1, elapsedShare: 0.93, firstAnswer: 'never' },
    { kind: 'broken', urgency: 1, elapsedShare: 0.5, firstAnswer: 'asks_back' },
    { kind: 'how_to', urgency: last, elapsedShare: 0.4, firstAnswer: 'asks_back' },
    { kind: 'outage', urgency: 0, elapsedShare: 1.8, firstAnswer: 'never' },
    { kind: 'broken', urgency: 1, elapsedShare: 1.3, firstAnswer: 'never' },
  ];
  const promised = officeHours(company.promised.zone, company.promised.opens, company.promised.closes, now);
  return scenes.map((scene) => {
    const pace = company.priorities[scene.urgency];
    if (pace === undefined) throw new RangeError(`${company.name} has no priority number ${scene.urgency}`);
    const office = random.pick(company.offices);
    const createdAt = (pace.aroundTheClock ? alwaysOpen : promised).back(now, scene.elapsedShare * pace.answerMs);
    return {
      createdAt: Math.floor(createdAt),
      around: now,
      zone: office.zone,
      language: languageIn(company, office.zone, random),
      kind: scene.kind,
      customer: company.customers[0] ?? { id: 'customer' },
      triagedTo: scene.urgency,
      firstAnswer: scene.firstAnswer,
    };
  });
}
