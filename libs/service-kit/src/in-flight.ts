import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem.js';

/**
 * Bounds the bytes of bodies that a server holds at once, so that a burst is refused and not paid for with memory. A body of unknown
 * length counts as the largest allowed.
 */
export function limitInFlight(fastify: FastifyInstance, maxBytes: number, bodyLimit: number): void {
  let held = 0;
  fastify.addHook('onRequest', async (request, reply) => {
    const bytes = bodyBytes(request.headers, bodyLimit);
    if (bytes === 0) return;
    if (held + bytes > maxBytes) {
      throw new ProblemError({
        status: 503,
        code: 'too_many_in_flight',
        title: 'Too much is being taken in at once',
        detail: 'Send this again after the seconds in Retry-After.',
        headers: { 'retry-after': '1' },
      });
    }
    held += bytes;
    reply.raw.once('close', () => {
      held -= bytes;
    });
  });
}

function bodyBytes(headers: NodeJS.Dict<string | string[]>, bodyLimit: number): number {
  if (headers['transfer-encoding'] !== undefined) return bodyLimit;
  // A longer body is refused before it is read, so it never holds more than the limit.
  return Math.min(Number(headers['content-length'] ?? 0), bodyLimit);
}
