import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** Provider token of the `ServiceMetrics`. */
export const METRICS = Symbol('ServiceMetrics');

/** One service's metrics. Its registry is its own, also when one process runs several services. */
export interface ServiceMetrics {
  readonly service: string;
  readonly registry: Registry;
  /** Seconds per request by method, route template and status; never by URL. */
  readonly httpSeconds: Histogram<'method' | 'route' | 'status'>;
}

/** A registry with the process's default metrics and the HTTP histogram; every series carries `service`. */
export function createMetrics(service: string): ServiceMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const httpSeconds = new Histogram({
    name: 'punctual_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return { service, registry, httpSeconds };
}
