import { kindRank, type Instant, type TicketEvent } from '@punctual/contracts';

/** Whether a ticket is open, as far as its events say, whatever the order they come in. */
export interface TicketCourse {
  /** The last status said, and whether it was `solved` or `closed`; null before the first. */
  readonly status: LastWord | null;
  /** The last that was said of where it is: ended where it was merged or deleted. */
  readonly place: LastWord | null;
}

interface LastWord {
  readonly at: Instant;
  readonly sequence: number;
  readonly kindRank: number;
  readonly id: string;
  readonly ended: boolean;
}

export const unheardCourse: TicketCourse = { status: null, place: null };

/** The course once an event is known, too; the same object where the event says nothing of it. */
export function courseAfter(course: TicketCourse, event: TicketEvent): TicketCourse {
  switch (event.type) {
    case 'ticket.created':
    case 'ticket.status.changed': {
      const category = event.data.status?.category;
      if (category === undefined) return course;
      const status = later(course.status, wordOf(event, category === 'solved' || category === 'closed'));
      return status === course.status ? course : { ...course, status };
    }
    case 'ticket.merged':
    case 'ticket.deleted':
    case 'ticket.restored': {
      const place = later(course.place, wordOf(event, event.type !== 'ticket.restored'));
      return place === course.place ? course : { ...course, place };
    }
    default:
      return course;
  }
}

/** Since when a ticket is over, epoch ms: never before the SLA clock takes it to be. Null while it is open. */
export function endOf({ status, place }: TicketCourse): Instant | null {
  const ends = [status, place].flatMap((word) => (word?.ended === true ? [word.at] : []));
  return ends.length === 0 ? null : Math.max(...ends);
}

function wordOf(event: TicketEvent, ended: boolean): LastWord {
  return { at: event.occurredAt, sequence: event.sequence, kindRank: kindRank(event), id: event.id, ended };
}

function later(known: LastWord | null, word: LastWord): LastWord {
  if (known === null) return word;
  const order =
    known.at - word.at ||
    known.sequence - word.sequence ||
    known.kindRank - word.kindRank ||
    (known.id < word.id ? -1 : 1);
  return order < 0 ? word : known;
}
