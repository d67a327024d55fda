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

test.each(['Thanks, that solved it.', 'Here is the log you asked for.\n> any update?'])(
  '“%s” asks for nothing',
  (body) => {
    expect(recognizeRequest(body)).toBeNull();
  },
);
