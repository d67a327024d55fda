import { compareTicketEvents, eventContent, parseCloudEvent, type TicketEvent } from '@punctual/contracts';
import { MAX_LINE, openBytes, readLines } from '../terminal/input.js';
import { progressOf } from '../terminal/progress.js';

/** A line that is no ticket event, or contradicts an earlier one. */
export interface LineProblem {
  readonly line: number;
  readonly code: string;
  readonly detail: string;
}

/** The events of one ticket, in the order of SLA-SEMANTICS §1, each once. */
export interface TicketEvents {
  readonly source: string;
  readonly ticket: string;
  readonly events: readonly TicketEvent[];
}

export interface History {
  /** By source, then ticket. */
  readonly tickets: readonly TicketEvents[];
  readonly events: number;
  /** Lines that repeat an event, content and all. */
  readonly repeated: number;
  readonly problems: readonly LineProblem[];
  /** Instants of the earliest and the latest event; null without events. */
  readonly first: number | null;
  readonly last: number | null;
}

/** Reads ticket events as NDJSON from a file or `-`. Bad lines become problems; the rest stands. Throws UserError only for the file. */
export async function readHistory(path: string): Promise<History> {
  const source = await openBytes(path);
  const progress = await progressOf('reading', source.size, 'bytes');
  const gathered = new Gathering();
  try {
    for await (const lines of readLines(source.bytes)) {
      for (const { number, text } of lines) if (text?.trim() !== '') gathered.take(number, text);
      progress.update(source.read());
    }
  } finally {
    progress.stop();
  }
  return gathered.finish();
}

/** The history of lines already in memory. */
export function historyOf(lines: readonly string[]): History {
  const gathered = new Gathering();
  lines.forEach((text, index) => gathered.take(index + 1, text));
  return gathered.finish();
}

class Gathering {
  readonly #tickets = new Map<string, Map<string, TicketEvent>>();
  readonly #problems: LineProblem[] = [];
  #events = 0;
  #repeated = 0;

  take(line: number, text: string | null): void {
    if (text === null) {
      this.#problems.push({ line, code: 'line_too_long', detail: `a line has at most ${MAX_LINE} characters` });
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      this.#problems.push({ line, code: 'invalid_json', detail: (error as Error).message });
      return;
    }
    const parsed = parseCloudEvent(value, null);
    if ('problems' in parsed) {
      for (const { code, path, detail } of parsed.problems) {
        this.#problems.push({ line, code, detail: path === '' ? detail : `${path}: ${detail}` });
      }
      return;
    }
    this.#add(line, parsed.event);
  }

  #add(line: number, event: TicketEvent): void {
    const key = `${event.source}\u0000${event.ticket}`;
    let ticket = this.#tickets.get(key);
    if (!ticket) this.#tickets.set(key, (ticket = new Map()));
    const earlier = ticket.get(event.id);
    if (!earlier) {
      ticket.set(event.id, event);
      this.#events++;
    } else if (eventContent(earlier) === eventContent(event)) {
      this.#repeated++;
    } else {
      const detail = `event '${event.id}' of ticket ${event.ticket} came before with other content; the first stands`;
      this.#problems.push({ line, code: 'conflicting_duplicate', detail });
    }
  }

  finish(): History {
    let first: number | null = null;
    let last: number | null = null;
    const tickets = [...this.#tickets.values()].flatMap((byId): TicketEvents[] => {
      const events = [...byId.values()].sort(compareTicketEvents);
      const [head] = events;
      const tail = events.at(-1);
      if (!head || !tail) return [];
      first = Math.min(first ?? head.occurredAt, head.occurredAt);
      last = Math.max(last ?? tail.occurredAt, tail.occurredAt);
      return [{ source: head.source, ticket: head.ticket, events }];
    });
    tickets.sort((a, b) => compareText(a.source, b.source) || compareText(a.ticket, b.ticket));
    return { tickets, events: this.#events, repeated: this.#repeated, problems: this.#problems, first, last };
  }
}

/** By UTF-16 code units: the same order on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
