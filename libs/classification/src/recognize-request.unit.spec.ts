import { expect, test } from 'vitest';
import { recognizeRequest } from './recognize-request.js';

test.each([
  ['Is there any update on this ticket?', 'update'],
  ['Please raise the priority to P1, it is now critical.', 'elevation'],
  ['This is unacceptable, I want to speak to your manager.', 'escalation'],
  ['Finns det någon uppdatering?', 'update'],
  ['Bitte erhöhen Sie die Priorität.', 'elevation'],
  ['Je souhaite escalader ce ticket, je ne suis pas satisfait.', 'escalation'],
  ['¿Hay alguna novedad sobre este caso?', 'update'],
  ['Podem aumentar a prioridade deste chamado?', 'elevation'],
])('“%s” asks for an %s', (body, request) => {
  expect(recognizeRequest(body)?.request).toBe(request);
});

test.each([
  'Please do not escalate this, we can wait.',
  'There is no need to raise the priority.',
  'I am not complaining, take your time.',
  'Bitte nicht eskalieren.',
  'Ni behöver inte höja prioriteten.',
])('“%s” is denied', (body) => {
  expect(recognizeRequest(body)).toBeNull();
});

test.each([
  ['Please raise the priority to P1, it is now critical.', ['P1', 'Critical']],
  ['Please raise the severity of this ticket from severity 3 to severity 2.', ['Severity 3', 'Severity 2']],
  ['Can you raise the priority? We have 1 user who is affected.', []],
  ['Please raise the priority. P3 was my guess.', []],
  ['Höj prioriteten till 2, tack.', ['P2']],
  ['Bitte die Priorität auf hoch anheben, sie sollte kritisch sein.', ['High', 'Critical']],
])('“%s” names %j', (body, priorities) => {
  expect(recognizeRequest(body)).toMatchObject({ request: 'elevation', priorities });
});

test('only an elevation names priorities', () => {
  expect(recognizeRequest('Is there any update on this P1?')).toMatchObject({ request: 'update', priorities: [] });
});

test.each(['Thanks, that solved it.', 'Here is the log you asked for.\n> any update?'])(
  '“%s” asks for nothing',
  (body) => {
    expect(recognizeRequest(body)).toBeNull();
  },
);
