import { relative } from 'node:path';
import type { RunningServices } from '../running-services.js';

/** Where each service answers, and where its log is. */
export function whereThingsAre(services: RunningServices, logDirectory: string): string[] {
  const { intake, classifier, slaClock } = services;
  return [
    `  intake      ${intake.url}     events, policies, sources`,
    `  classifier  ${classifier.url}     why a ticket has its priority`,
    `  sla-clock   ${slaClock.url}     clocks, verdicts, attainment; live: ${slaClock.url}/v1/events`,
    '  each has    /health/ready  /metrics  /openapi.json',
    `  logs        ${relative(process.cwd(), logDirectory) || '.'}/*.log`,
  ];
}

/** Two commands to copy: one makes a ticket, one reads its clocks back. */
export function howToTry(services: RunningServices): string[] {
  return [
    '  Make a ticket:',
    '',
    `  curl -s ${services.intake.url}/v1/events -H 'content-type: application/cloudevents+json' -d '{`,
    '    "specversion": "1.0", "id": "hello-1", "source": "alvklang", "type": "ticket.created", "subject": "HELLO-1",',
    `    "time": "'$(date -u +%Y-%m-%dT%H:%M:%SZ)'",`,
    '    "data": {"subject": "All calls are down", "body": "Production is down for everyone since this morning.",',
    '             "plan": "Advanced", "channel": "web-form", "priority": "P1", "actor": {"role": "requester"}}}\'',
    '',
    '  Read its clocks back, with why they stand as they do:',
    '',
    `  curl -s ${services.slaClock.url}/v1/tickets/alvklang/HELLO-1`,
  ];
}
