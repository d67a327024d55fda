import { describe, expect, it } from 'vitest';
import { loadMapping } from './load-mapping.js';

const sound = `mapping: 1
source: desk
ticket: case
time: { column: at }
status:
  name: { column: state }
  category: { column: state, map: { new: open, done: solved } }
`;

function problems(text: string): string[] {
  const loaded = loadMapping(text);
  return 'problems' in loaded ? loaded.problems.map(({ line, column, message }) => `${line}:${column} ${message}`) : [];
}

describe('a mapping file', () => {
  it('names the columns it reads', () => {
    const loaded = loadMapping(
      `${sound}events:\n  - when: { kind: x }\n    emit: { assign: { person: { column: who } } }\n`,
    );
    expect('mapping' in loaded && loaded.mapping.columns).toEqual(['case', 'at', 'state', 'kind', 'who']);
  });

  it.each([
    ['a field that does not exist', `${sound}tickets: x\n`, /^8:1 'tickets' is not known here/],
    [
      'a template that does not exist',
      `${sound}events:\n  - when: { a: b }\n    emit: resolve\n`,
      /^10:5 'resolve' is not known/,
    ],
    [
      'a local format without a zone',
      sound.replace('column: at', 'column: at, format: iso-local'),
      /^4:21 .*name their 'zone'/,
    ],
    ['a missing column', sound.replace('ticket: case\n', ''), /'ticket' is missing/],
    [
      'a value that is neither text nor column',
      sound.replace('{ column: state }', '{ map: {} }'),
      /^6:3 a text, or an object/,
    ],
    ['a rule without effect', `${sound}events:\n  - when: { a: b }\n`, /^9:5 a rule has 'emit' or 'ignore'/],
    ['no other version', sound.replace('mapping: 1', 'mapping: 2'), /^1:1 the version of this language is 1/],
    [
      'more related tickets than an event may name',
      `${sound}events:\n  - when: { a: b }\n    emit: { fields: { related: [${Array(21).fill('x').join(', ')}] } }\n`,
      /^10:23 an event names at most 20 related tickets/,
    ],
    [
      'a separator where there is one value',
      `${sound}create: { plan: { column: p, split: ',' } }\n`,
      /^8:30 'split' is not known here/,
    ],
    ['YAML that is none', 'mapping: [1\n', /^2:1 /],
    ['nothing at all', '', /./],
    ['creation left to rules that never create', `${sound}create: { on: rule }\n`, /no ticket is ever created/],
  ])('%s is found where it stands', (_, text, message) => {
    expect(problems(text)[0]).toMatch(message);
  });
});
