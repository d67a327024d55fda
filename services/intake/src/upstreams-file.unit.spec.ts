import { ConfigError } from '@punctual/service-kit';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIntakeConfig } from './intake-config.js';
import { readUpstreams } from './upstreams-file.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'punctual-upstreams-'));
  writeFileSync(join(directory, 'own.yaml'), 'mapping: 1\nformat: cloudevents\nsource: desk\n');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(text: string, env: Record<string, string> = { KAFKA_BROKERS: 'kafka:9092', KAFKA_PREFIX: 'p.' }) {
  const path = join(directory, 'upstreams.yaml');
  writeFileSync(path, text);
  return readUpstreams(readIntakeConfig({ DATABASE_URL: 'postgresql://localhost/x', UPSTREAMS: path, ...env }));
}

function problems(text: string, env?: Record<string, string>): string[] {
  try {
    read(text, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ what }) => what.replaceAll(`${directory}/`, ''));
    throw error;
  }
  return [];
}

const one = '{ name: desk, topic: changes, mapping: own.yaml }';

describe('the list of upstream streams', () => {
  it('gives each its group, its mapping and the cluster of our own log', () => {
    expect(read(`upstreams: [${one}]`)).toMatchObject([
      {
        group: 'p.intake.upstream.desk',
        start: 'earliest',
        inOwnCluster: true,
        connection: { brokers: ['kafka:9092'] },
      },
    ]);
    expect(readUpstreams(readIntakeConfig({ DATABASE_URL: 'postgresql://localhost/x' }))).toEqual([]);
  });

  it('takes another cluster with TLS and a login of its own, also where our own log is embedded', () => {
    writeFileSync(join(directory, 'password'), 'secret\n');
    const sasl = '{ mechanism: plain, username: reader, passwordFile: password }';
    const cluster = `{ brokers: ['other:9093'], ssl: true, sasl: ${sasl} }`;
    expect(
      read(`upstreams: [{ name: desk, topic: changes, mapping: own.yaml, cluster: ${cluster} }]`, {}),
    ).toMatchObject([
      {
        inOwnCluster: false,
        connection: {
          brokers: ['other:9093'],
          ssl: true,
          sasl: { mechanism: 'plain', username: 'reader', password: 'secret' },
        },
      },
    ]);
  });

  it.each([
    ['no cluster at all', `upstreams: [${one}]`, {}, /upstreams.yaml:1:27: the stream names no 'cluster'/],
    ['a name twice', `upstreams:\n  - ${one}\n  - ${one}\n`, undefined, /:3:7: 'desk' stands here twice/],
    [
      'a mapping that is not there',
      `upstreams: [${one.replace('own', 'gone')}]`,
      undefined,
      /:1:43: the file 'gone.yaml' cannot be read \(ENOENT\)/,
    ],
    ['a key that is none', `upstreams: [${one.replace('topic', 'topics')}]`, undefined, /'topics' is not known here/],
    ['no YAML', 'upstreams: [', undefined, /upstreams.yaml:1:/],
  ])('with %s is refused where it stands', (_, text, env, told) => {
    expect(problems(text, env).join('\n')).toMatch(told);
  });

  it('tells what is wrong in a mapping, in the mapping', () => {
    writeFileSync(join(directory, 'own.yaml'), 'mapping: 1\nformat: avro\n');
    expect(problems(`upstreams: [${one}]`)[0]).toMatch(/^own.yaml:2:1: 'avro' cannot be read from a stream/);
  });
});
