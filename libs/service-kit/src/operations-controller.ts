import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Health } from './health.js';
import { METRICS, type ServiceMetrics } from './metrics.js';

/** What an orchestrator and Prometheus ask of every service. */
@ApiExcludeController()
@Controller()
export class OperationsController {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: ServiceMetrics,
  ) {}

  /** The process answers; says nothing of what it depends on. */
  @Get('health/live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** 200 when traffic may come here, else 503 with the reasons; either way with what else is worth knowing. */
  @Get('health/ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const reasons = await this.health.reasons();
    const status = reasons.length === 0 ? 'ready' : 'not_ready';
    const remarks = this.health.said();
    const answer = { status, reasons, ...(remarks.length === 0 ? {} : { remarks }) };
    await reply.status(reasons.length === 0 ? 200 : 503).send(answer);
  }

  @Get('metrics')
  @Header('cache-control', 'no-store')
  async expose(@Res() reply: FastifyReply): Promise<void> {
    const text = await this.metrics.registry.metrics();
    await reply.header('content-type', this.metrics.registry.contentType).send(text);
  }
}
