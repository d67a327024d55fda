import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseDown } from './database.js';
import type { ServiceLogger } from './logger.js';
import { databaseUnavailable, problemDocument, ProblemError, type ProblemFields } from './problem.js';
import type { KnownRoutes } from './known-routes.js';

/** Turns everything a handler or fastify throws into problem+json. What is unexpected is logged and answered without detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: ServiceLogger,
    private readonly routes: KnownRoutes,
    private readonly bodyLimit: number,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const fields = this.fieldsOf(error, request);
    if (fields.status >= 500) this.tell(error, { code: fields.code, requestId: request.id });
    if (reply.sent) return;
    void reply
      .status(fields.status)
      .headers(fields.headers ?? {})
      .header('content-type', 'application/problem+json')
      .send(JSON.stringify(problemDocument(fields, request.id)));
  }

  /** A refusal that nothing failed for comes many times when there is too much to do, so it is told in a few words. */
  private tell(error: unknown, about: { readonly code: string; readonly requestId: string }): void {
    if (error instanceof ProblemError && error.cause === undefined) this.logger.pino.warn(about, 'request refused');
    else
      this.logger.pino.error({ ...about, err: error instanceof ProblemError ? error.cause : error }, 'request failed');
  }

  private fieldsOf(error: unknown, request: FastifyRequest): ProblemFields {
    if (error instanceof ProblemError) return error.fields;
    if (isDatabaseDown(error)) return databaseUnavailable;
    const status = error instanceof HttpException ? error.getStatus() : clientStatus(error);
    switch (status) {
      case 404:
        return this.unmatched(request);
      case 413:
        return {
          status,
          code: 'body_too_large',
          title: 'The body is too large',
          detail: `The most is ${this.bodyLimit} bytes; send fewer events in one request.`,
        };
      case 414:
        return { status, code: 'path_too_long', title: 'The path is too long' };
      case 415:
        return {
          status,
          code: 'unsupported_media_type',
          title: 'This media type is not accepted here',
          detail: 'Set Content-Type to one that the OpenAPI document lists for this request.',
        };
      case 408:
        return { status, code: 'request_timeout', title: 'The request took too long to arrive' };
      case 503:
        return { status, code: 'unavailable', title: 'Try again shortly', headers: { 'retry-after': '1' } };
      default:
        if (status >= 400 && status < 500) {
          return { status, code: 'bad_request', title: 'The request cannot be understood' };
        }
        return {
          status: 500,
          code: 'internal_error',
          title: 'Punctual failed; the fault is logged under the request id',
        };
    }
  }

  private unmatched(request: FastifyRequest): ProblemFields {
    const allowed = this.routes.methodsOf(request.url);
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return { status: 404, code: 'not_found', title: 'There is nothing at this path' };
    }
    return {
      status: 405,
      code: 'method_not_allowed',
      title: 'This path does not take that method',
      detail: `It takes ${allowed.join(', ')}.`,
      headers: { allow: allowed.join(', ') },
    };
  }
}

/** The status of an error fastify made about the request; anything else is ours. */
function clientStatus(error: unknown): number {
  if (!(error instanceof Error) || error.name !== 'FastifyError' || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}
