import { formatInstant, type Instant } from '@punctual/contracts';
import {
  escalationsOf,
  eventsBehind,
  explainTicket,
  sayEscalation,
  sayEvent,
  sayLink,
  sayVerdict,
  type ClockExplanation,
} from '@punctual/sla-engine';
import { drawClock } from '../explain/draw-clock.js';
import { listEscalations } from '../explain/list-escalations.js';
import { listEvents } from '../explain/list-events.js';
import { calendarZones, localTimes } from '../explain/local-times.js';
import { foldTicketEvents } from '../history/fold-history.js';
import { linksIn } from '../history/links.js';
import { readHistory, type History, type TicketEvents } from '../history/read-history.js';
import { reportProblems } from '../history/report-problems.js';
import { readPolicy } from '../policy/read-policy.js';
import type { ExitCode } from '../program.js';
import { coloursFor, showsUnicode } from '../terminal/colour.js';
import { instantOption } from '../terminal/instant-option.js';
import { Output } from '../terminal/output.js';
import { UserError } from '../user-error.js';

export interface ExplainOptions {
  readonly policy: string;
  readonly events: string;
  readonly ticket: string;
  readonly source?: string;
  readonly at?: string;
  readonly zone?: string;
  readonly json?: boolean;
}

/** Tells why every clock of one ticket stands where it stands, at an instant (default: the last event of the file). */
export async function explain(options: ExplainOptions): Promise<ExitCode> {
  const atOption = instantOption('--at', options.at);
  const { policy, resolved } = await readPolicy(options.policy);
  const history = await readHistory(options.events);
  const flawed = reportProblems(options.events, history);
  const ticket = findTicket(history, options);
  const at = atOption ?? history.last ?? 0;
  const folded = foldTicketEvents(ticket, policy, at);
  const explanations = explainTicket(folded, at);
  const escalations = escalationsOf(folded.sayings);
  const links = linksIn(history, ticket, folded.state, policy, at);
  const output = Output.stdout();
  if (options.json) {
    for (const explanation of explanations) {
      const events = eventsBehind([explanation], ticket.events).map((event) => ({
        id: event.id,
        type: event.type,
        at: event.occurredAt,
        text: sayEvent(event),
      }));
      await output.line(
        JSON.stringify(withInstants({ verdict: sayVerdict(explanation.clock), ...explanation, events })),
      );
    }
    for (const escalation of escalations) {
      await output.line(JSON.stringify(withInstants({ text: sayEscalation(escalation), escalation })));
    }
    for (const { at: since, ...link } of links) {
      await output.line(JSON.stringify({ text: sayLink(link), link: { ...link, at: formatInstant(since) } }));
    }
    await output.close();
    return flawed ? 2 : 0;
  }
  const style = {
    colours: coloursFor(process.stdout),
    unicode: showsUnicode(process.stdout),
    width: Math.max(40, Math.min(process.stdout.columns ?? 100, 160)),
  };
  const { state } = folded;
  await output.line(
    `Ticket ${ticket.ticket} of ${ticket.source} at ${formatInstant(at)}: priority ${state.priority ?? 'none'}, status ${state.status.name}`,
  );
  if (state.covered === false) {
    const said = folded.sayings.findLast(({ draft }) => draft.type === 'sla.ticket.not_covered');
    await output.line(`Not covered: ${said?.draft.reason ?? 'no reason known'}`);
  } else if (state.covered === null) {
    await output.line(
      `Nothing is known of it at this instant; its first event is of ${formatInstant(ticket.events[0]?.occurredAt ?? 0)}.`,
    );
  }
  for (const link of links) {
    await output.line(`Linked since ${formatInstant(link.at)}: ${sayLink(link)}`);
  }
  const zones = calendarZones(resolved);
  const zoneOf = (explanation: ClockExplanation | undefined): string =>
    options.zone ?? zones.get(explanation?.segments[0]?.calendar ?? '') ?? 'UTC';
  for (const explanation of explanations) {
    await output.line('');
    for (const line of drawClock(explanation, localTimes(zoneOf(explanation)), style)) await output.line(line);
  }
  const local = localTimes(zoneOf(explanations[0]));
  if (escalations.length > 0) {
    await output.line('');
    for (const line of listEscalations(escalations, local, style.colours)) await output.line(line);
  }
  const events = eventsBehind(explanations, ticket.events, escalations);
  if (events.length > 0) {
    await output.line('');
    for (const line of listEvents(events, local, style.colours)) await output.line(line);
  }
  await output.close();
  return flawed ? 2 : 0;
}

function findTicket(history: History, { ticket, source, events }: ExplainOptions): TicketEvents {
  const found = history.tickets.filter(
    (candidate) => candidate.ticket === ticket && (source === undefined || candidate.source === source),
  );
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  if (only) {
    throw new UserError(`ticket ${ticket} is in ${found.length} sources`, {
      where: events,
      fix: `add --source, one of: ${found.map((candidate) => candidate.source).join(', ')}`,
    });
  }
  const near = history.tickets.slice(0, 3).map((candidate) => candidate.ticket);
  throw new UserError(`there is no ticket ${ticket}${source === undefined ? '' : ` of ${source}`}`, {
    where: events,
    fix: near.length === 0 ? 'the file holds no events' : `ticket ids look like ${near.join(', ')}`,
  });
}

const instantFields = new Set([
  'from',
  'to',
  'at',
  'startedAt',
  'since',
  'dueAt',
  'floor',
  'breachedAt',
  'stoppedAt',
  'asOf',
  'nextFireAt',
  'raisedAt',
]);

/** The same with ISO-8601 in place of epoch ms. */
function withInstants(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withInstants);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      instantFields.has(key) && typeof inner === 'number'
        ? formatInstant(inner satisfies Instant)
        : withInstants(inner),
    ]),
  );
}
