import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { example } from '../kafka/upstream-example.spec-kit.js';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/connect/kafka.md'), 'utf8');

/** The code block that follows a text of the page. */
function blockAfter(text: string, language: string): string {
  const from = page.indexOf(text);
  const block = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page.slice(from));
  if (from < 0 || block?.[1] === undefined) throw new Error(`no ${language} follows '${text}'`);
  return block[1];
}

// What the files come to is held by test/kafka/upstream.kafka.e2e.spec.ts, which runs them.
describe('the worked example of docs/connect/kafka.md', () => {
  it.each(['upstreams.yaml', 'desk.mapping.yaml'])('shows %s as it stands', (name) => {
    expect(blockAfter(`\`${name}\`:`, 'yaml')).toBe(example(name));
  });

  it('shows the first of its records', () => {
    const [first] = example('records.ndjson').split('\n');
    expect(JSON.parse(blockAfter('A helpdesk writes to', 'json'))).toEqual(JSON.parse(first ?? ''));
  });

  it('names the topic, the policy and the number of records that there are', () => {
    const topic = /topic: (\S+)/.exec(example('upstreams.yaml'))?.[1];
    const policy = /^id: (\S+)/m.exec(example('desk.policy.yaml'))?.[1];
    expect(page).toContain(`A helpdesk writes to \`${topic}\``);
    expect(page).toContain(`PUT /v1/policies/${policy}`);
    expect(example('records.ndjson').trim().split('\n')).toHaveLength(4);
    expect(page).toContain('the four records of `records.ndjson`');
  });
});
