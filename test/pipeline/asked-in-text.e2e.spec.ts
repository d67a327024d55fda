import 'reflect-metadata';
import { netSayings } from '@punctual/sla-engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothLogs } from './event-logs.spec-kit.js';
import { netOf, Pipeline } from './pipeline.js';
import { ticketEvents } from './ticket-events.js';

const MINUTE = 60_000;
const start = Date.parse('2026-03-02T09:00:00Z');

/** An update that was asked for comes within half an hour; whoever wants P1 opens another ticket; who wants a manager gets one. */
const requests = (text: string): string =>
  `${text.replace(
    'coverage:\n',
    `  - id: requested
    title: An update that was asked for
    target: update_on_request
    commitment: target
    calendar: 24x7
    terms:
      - { within: 30m }
coverage:\n`,
  )}
recipients: { lead: The head of support }
requests:
  update: { fromMessages: 0.8 }
  elevation:
    fromMessages: 0.8
    refuse: [{ priority: P1, code: new_ticket_required, advice: Open another ticket. }]
  escalation: { fromMessages: 0.8, to: lead }
`;

onBothLogs('what a message asks for by its words', (newLog) => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await Pipeline.start({ log: newLog(), policy: requests });
  });
  afterAll(() => pipeline.stop());

  async function pass(minute: number): Promise<void> {
    await pipeline.tick(start + minute * MINUTE);
    await pipeline.settled();
  }

  describe('on its way from intake', () => {
    const desk = ticketEvents('desk', 'T-1', start);
    const writes = (minute: number, body: string, more: object = {}) =>
      desk.make('ticket.message.added', minute, {
        actor: { role: 'requester' },
        visibility: 'public',
        autoReply: false,
        body,
        ...more,
      });
    const events = [
      desk.created(0),
      writes(5, 'Is there any update on this ticket? The tower of Babel is still closed.'),
      writes(10, 'Please raise the priority to P1, it is now critical.'),
      writes(20, 'This is unacceptable, I want to speak to your manager.'),
      writes(21, 'Once more: unacceptable, I want to talk to your supervisor.'),
      writes(22, 'We are away. Is there any update? ', { autoReply: true }),
    ];

    it('starts the clock of a requested update, refuses what the policy refuses, and raises an escalation once', async () => {
      await pipeline.send(...events);
      await pass(36);
      const said = await pipeline.slaEvents('desk', 'T-1');
      const told = said.map(({ type, promise, at, reasonCode }) => [type, promise, (at - start) / MINUTE, reasonCode]);
      expect(told).toContainEqual(['sla.clock.started', 'requested', 5, 'update_requested']);
      expect(told).toContainEqual(['sla.clock.breached', 'requested', 35, 'deadline_passed']);
      expect(told.filter(([, promise]) => promise === 'requested')).toHaveLength(2);
      expect(told.filter(([type]) => String(type).startsWith('sla.request'))).toEqual([
        ['sla.request.refused', null, 10, 'new_ticket_required'],
      ]);
      expect(told.filter(([type]) => String(type).startsWith('sla.escalation'))).toEqual([
        ['sla.escalation.raised', null, 20, 'on_request'],
      ]);
      const raised = said.find(({ type }) => type === 'sla.escalation.raised');
      expect(raised).toMatchObject({
        cause: events[3]?.id,
        reason: expect.stringMatching(/^The requester asked for an escalation in a message \(“.+”\); it goes to lead$/),
      });
    });

    it('is what the definition says, also after a restart and by late evidence', async () => {
      expect(netOf(await pipeline.slaEvents('desk', 'T-1'))).toEqual(defined(36));
      await pipeline.stopServices();
      await pipeline.startServices();
      const late = writes(2, 'Any news? We are still waiting.');
      events.push(late);
      await pipeline.send(late);
      await pass(37);
      expect(netOf(await pipeline.slaEvents('desk', 'T-1'))).toEqual(defined(37));
      const { body } = await pipeline.get('/v1/tickets/desk/T-1');
      expect(JSON.stringify(body)).toContain('"update_on_request"');
    });

    it('is explained without a word of the text, which does not travel', async () => {
      const { body } = await pipeline.get('/v1/tickets/desk/T-1/explain');
      expect(JSON.stringify(body)).toContain('asking for an update');
      const stored = await pipeline.dataSource.query('SELECT event::text FROM sla_clock.ticket_event');
      expect(`${JSON.stringify(stored)}${JSON.stringify(body)}`).not.toContain('Babel');
    });

    function defined(minute: number): string[] {
      const { sayings } = pipeline.offline(events, start + minute * MINUTE);
      return [...netSayings(sayings).values()]
        .filter(({ type }) => type !== 'sla.clock.warning')
        .map(({ type, promise, cycleKey, at, cause }) => [type, promise, cycleKey, at, cause].join(' '))
        .sort();
    }
  });
});
