import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CLOCK, systemClock, type Clock } from './clock.js';
import type { CommonConfig } from './config.js';
import { Health } from './health.js';
import { limitInFlight } from './in-flight.js';
import { readJsonBody, readTextBody } from './json-body.js';
import { KnownRoutes } from './known-routes.js';
import { LOGGER, type ServiceLogger } from './logger.js';
import { METRICS, type ServiceMetrics } from './metrics.js';
import { openApiDocument, type OpenApiOptions } from './open-api.js';
import { OperationsController } from './operations-controller.js';
import { ProblemFilter } from './problem-filter.js';

/** The largest body, bytes. */
const BODY_LIMIT = 1_048_576;
/** The longest a request may take to arrive, ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the idle time of usual load balancers (60 s), so that they and not we close a connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

export interface HttpOptions {
  readonly config: Pick<CommonConfig, 'HOST' | 'PORT'>;
  readonly logger: ServiceLogger;
  readonly metrics: ServiceMetrics;
  readonly health: Health;
  readonly clock?: Clock;
  readonly openApi: OpenApiOptions;
  /** Media types besides JSON whose bodies handlers get as text, such as `application/yaml`. */
  readonly textTypes?: readonly string[];
  /** Runs before a body is read; throws a `ProblemError` to refuse the request. */
  readonly beforeBody?: (request: FastifyRequest) => void;
  /** The most bytes of bodies taken at once; more are refused with 503 `too_many_in_flight`. */
  readonly maxInFlightBytes?: number;
}

export interface HttpService {
  /** Where it listens: `http://127.0.0.1:41233`. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Not ready at once; resolves when the requests in hand are answered and Nest's shutdown hooks have run. */
  stop(): Promise<void>;
}

/**
 * Starts a service's HTTP side: its module, the shared providers (`CLOCK`, `LOGGER`, `METRICS`, `Health`), `/health/*`, `/metrics`,
 * `/openapi.json`, problem+json for every error. It installs no signal handlers: `stopOnSignals` does, where a service runs alone.
 */
export async function startHttp(module: Type | DynamicModule, options: HttpOptions): Promise<HttpService> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1_000 },
    genReqId: (request: IncomingMessage) => requestId(request.headers['x-request-id']),
  });
  const routes = new KnownRoutes();
  const fastify: FastifyInstance = adapter.getInstance();
  fastify.addHook('onRoute', (route) => routes.add(route.method, route.url));
  const unused = unusedConnections(fastify.server);
  addParsers(fastify, options.textTypes ?? []);
  observe(fastify, options);
  let stopped: Promise<void> | undefined;
  // What is answered after a stop has begun goes over connections that were busy then, and would be kept open long after it.
  fastify.addHook('onSend', async (_request, reply) => {
    if (stopped !== undefined) void reply.header('connection', 'close');
  });
  const { beforeBody, maxInFlightBytes } = options;
  if (beforeBody) fastify.addHook('onRequest', async (request) => beforeBody(request));
  if (maxInFlightBytes !== undefined) limitInFlight(fastify, maxInFlightBytes, BODY_LIMIT);
  const app = await NestFactory.create<NestFastifyApplication>(rootModule(module, options), adapter, {
    logger: options.logger,
    abortOnError: false,
    bodyParser: false,
  });
  app.useGlobalFilters(new ProblemFilter(options.logger, routes, BODY_LIMIT));
  let document: ReturnType<typeof openApiDocument> | undefined;
  // Made when somebody asks: it takes a tenth of a start.
  fastify.get('/openapi.json', () => (document ??= openApiDocument(app, options.openApi)));
  await app.listen(options.config.PORT, options.config.HOST);
  return {
    url: urlOf(fastify),
    app,
    stop: () => {
      options.health.beginShutdown();
      stopped ??= app.close();
      for (const socket of unused) socket.destroy();
      return stopped;
    },
  };
}

@Module({})
class ServiceRoot {}

@Module({})
class SharedProviders {}

function rootModule(module: Type | DynamicModule, options: HttpOptions): DynamicModule {
  const shared: DynamicModule = {
    module: SharedProviders,
    global: true,
    controllers: [OperationsController],
    providers: [
      { provide: CLOCK, useValue: options.clock ?? systemClock },
      { provide: LOGGER, useValue: options.logger },
      { provide: METRICS, useValue: options.metrics },
      { provide: Health, useValue: options.health },
    ],
    exports: [CLOCK, LOGGER, METRICS, Health],
  };
  return { module: ServiceRoot, imports: [shared, module] };
}

function addParsers(fastify: FastifyInstance, textTypes: readonly string[]): void {
  fastify.removeAllContentTypeParsers();
  const json = /^application\/(?:[a-z0-9.+-]+\+)?json(?:\s*;|$)/i;
  fastify.addContentTypeParser(json, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    readJsonBody(body),
  );
  for (const type of textTypes) {
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
      readTextBody(body),
    );
  }
}

function observe(fastify: FastifyInstance, options: HttpOptions): void {
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const seconds = reply.elapsedTime / 1_000;
    const status = String(reply.statusCode);
    options.metrics.httpSeconds.observe({ method: request.method, route, status }, seconds);
    const level = reply.statusCode >= 400 ? 'info' : 'debug';
    // The route's template, not the URL: a path may name a customer's helpdesk or ticket.
    const fields = { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
    options.logger.pino[level]({ ...fields, requestId: request.id }, 'request');
  });
}

/**
 * The connections that have not carried a request yet, such as one that a client opened ahead of need or gave up. They count neither as
 * idle nor as busy, so without this a stop waits a minute for them.
 */
function unusedConnections(server: FastifyInstance['server']): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', (request: IncomingMessage) => unused.delete(request.socket));
  return unused;
}

/** A caller's own request id if it is harmless, else a new one. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,100}$/.test(given) ? given : randomUUID();
}

function urlOf(fastify: FastifyInstance): string {
  const address = fastify.server.address();
  if (address === null || typeof address === 'string') return String(address);
  const anywhere = address.address === '0.0.0.0' || address.address === '::';
  const host = anywhere ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
