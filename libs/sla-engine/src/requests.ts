import type { AskedInText, Instant, TicketEvent } from '@punctual/contracts';
import { requestInText, type RequestMade } from '@punctual/policy';
import type { ClockBook } from './clock-book.js';
import { CONCERN } from './escalation-view.js';
import type { PolicyInForce } from './policy-in-force.js';
import type { TicketState } from './ticket-state.js';

type Created = Extract<TicketEvent, { type: 'ticket.created' }>;
type Asked = Extract<TicketEvent, { type: 'ticket.request.made' }>;

/**
 * Judges what a customer asks for, the ticket itself among it, by the policy's rules and by what was accepted on the ticket before. A refusal
 * is said with what is missing and what to do; the ticket lives on all the same.
 */
export class Requests {
  constructor(
    private readonly state: TicketState,
    private readonly policy: PolicyInForce,
    private readonly book: ClockBook,
  ) {}

  /** The ticket, by the way it came in. */
  opened({ id, data }: Created, at: Instant): void {
    const { channel } = this.state.attributes;
    this.judge(id, at, { kind: 'ticket', channel, priority: data.priority ?? null, supplied: supplied(data.fields) });
  }

  /** Whether the request is accepted. An accepted escalation is raised at once, and so is a worry about the service, the step before it. */
  asked({ id, data }: Asked, at: Instant): boolean {
    const { request: kind, channel = null, priority = null } = data;
    return this.judge(id, at, { kind, channel, priority, supplied: supplied(data.supplied) });
  }

  /** Whether what a message of the requester's asks for by its words is a request, and accepted. */
  askedInText(asks: AskedInText, id: string, at: Instant): boolean {
    const { attributes, requests: earlier } = this.state;
    const asked = requestInText(asks, this.policy.current, { attributes, earlier });
    return asked !== null && this.judge(id, at, asked, asks.cue);
  }

  /** `cue`: the words by which a message was taken for the request; null where it was sent as one. */
  private judge(
    id: string,
    at: Instant,
    asked: Omit<RequestMade, 'attributes' | 'earlier' | 'current'>,
    cue: string | null = null,
  ): boolean {
    const { state } = this;
    const verdict = this.policy.current.judgeRequest({
      ...asked,
      current: state.priority,
      attributes: state.attributes,
      earlier: state.requests,
    });
    if (!verdict.accepted) {
      const { code, what, missing, advice } = verdict;
      const lacks = missing.length === 0 ? '' : `; missing: ${missing.join(', ')}`;
      const reason = `The ${nameOf(what)}${readIn(cue)} was refused (${code.replaceAll('_', ' ')}${lacks}). ${advice}`;
      this.book.sayOfTicket('sla.request.refused', at, id, code, reason, { what, missing, advice });
      return false;
    }
    if (!state.requests.includes(asked.kind)) state.requests = [...state.requests, asked.kind];
    const raises = raised[asked.kind];
    if (raises !== undefined) {
      const to = verdict.recipients.length === 0 ? '' : `; it goes to ${verdict.recipients.join(' and ')}`;
      this.book.sayOfTicket('sla.escalation.raised', at, id, raises.code, `${raises.sentence}${readIn(cue)}${to}`);
    }
    return true;
  }
}

/** Requests of which somebody is told at once, with the reason code and what is said. */
const raised: Partial<Record<RequestMade['kind'], { readonly code: string; readonly sentence: string }>> = {
  concern: { code: CONCERN, sentence: 'The requester is worried about the service' },
  escalation: { code: 'on_request', sentence: 'The requester asked for an escalation' },
};

function readIn(cue: string | null): string {
  return cue === null ? '' : ` in a message (“${cue}”)`;
}

function nameOf(what: RequestMade['kind']): string {
  return what === 'ticket' || what === 'concern' ? what : `request for an ${what}`;
}

/** A name with nothing behind it supplies nothing. */
function supplied(values: Readonly<Record<string, unknown>> | undefined): string[] {
  return Object.entries(values ?? {})
    .filter(([, value]) => value !== null && (typeof value !== 'string' || value.trim() !== ''))
    .map(([name]) => name);
}
