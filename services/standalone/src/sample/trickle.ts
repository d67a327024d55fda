import type { Instant, TicketEvent } from '@punctual/contracts';
import { companies } from './companies.js';
import { Random } from './random.js';
import { languageIn } from './sample-week.js';
import { tellStory } from './ticket-story.js';

export interface TrickleOptions {
  /** When it begins, epoch ms; it also makes the ids of its tickets and events unlike those of an earlier start. */
  readonly startedAt: Instant;
  /** Stories to go on with, from the sample; none after a restart. */
  readonly unfinished: readonly (readonly TicketEvent[])[];
  /** Default `punctual`. */
  readonly seed?: string;
}

/** A quarter of what comes is a new ticket, while few stories are waiting to go on it is half. */
const NEW_SHARE = 0.25;
const FEW_STORIES = 20;

/**
 * Goes on with the sample after `now`, at whatever pace the caller asks: each call of the function returned gives the next event of an
 * unfinished ticket or a new ticket, dated `at`. Deterministic for the options and the instants given.
 */
export function trickle(options: TrickleOptions): (at: Instant) => TicketEvent {
  const random = new Random(`${options.seed ?? 'punctual'} ${options.startedAt}`);
  const stamp = options.startedAt.toString(36);
  const stories = options.unfinished.map((story) => [...story]);
  let count = 0;
  return (at) => {
    count += 1;
    const fresh = random.chance(stories.length < FEW_STORIES ? 0.5 : NEW_SHARE) || stories.length === 0;
    const story = fresh ? newStory(random, `${stamp}-${count}`, at) : takeOne(stories, random);
    const [event, ...rest] = story;
    if (event === undefined) throw new RangeError('a story without events');
    if (rest.length > 0) stories.push(rest);
    // The live instant is another than the story's, so the event is another too.
    return { ...event, id: `${event.ticket}-live-${stamp}-${count}`, occurredAt: at, sequence: -1 };
  };
}

function newStory(random: Random, suffix: string, at: Instant): TicketEvent[] {
  const company = random.pick(companies);
  const { zone } = random.pick(company.offices);
  const ticket = `${company.source.slice(0, 3).toUpperCase()}-${suffix}`;
  const language = languageIn(company, zone, random);
  return tellStory(company, { ticket, createdAt: at, around: at, zone, language }, random);
}

function takeOne(stories: TicketEvent[][], random: Random): TicketEvent[] {
  const [story] = stories.splice(random.whole(0, stories.length - 1), 1);
  if (story === undefined) throw new RangeError('no story is waiting');
  return story;
}
