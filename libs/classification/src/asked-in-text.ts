import type { TicketEvent } from '@punctual/contracts';
import { readable } from './reason.js';
import { recognizeRequest } from './recognize-request.js';

/**
 * The event with what its text asks for: a later comment never re-classifies, it may only yield a request (CLASSIFIER 3). Only what the
 * customer's side writes in public is read, and no automatic answer. The same event where nothing is asked. Pure.
 */
export function withAskedInText(event: TicketEvent): TicketEvent {
  if (event.type !== 'ticket.message.added') return event;
  const { actor, visibility, autoReply, body, language } = event.data;
  if (actor.role !== 'requester' && actor.role !== 'participant') return event;
  if (visibility !== 'public' || autoReply || body === undefined) return event;
  const read = recognizeRequest(body, language ?? null);
  if (read === null) return event;
  const { request, priorities, confidence, evidence } = read;
  return { ...event, asks: { request, priorities, confidence, cue: readable(evidence[0]?.cue ?? '') } };
}
