import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commonVariables, ConfigError, flag, readConfig, type Environment } from './config.js';

const schema = z.object({ ...commonVariables, STRICT: flag.prefault('false').describe('Set it to true or false.') });
const folder = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(env: Environment): unknown {
  try {
    readConfig(schema, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ variable, what }) => `${variable}: ${what}`);
    throw error;
  }
}

describe('readConfig', () => {
  it('fills in every default', () => {
    const config = readConfig(schema, { DATABASE_URL: 'postgresql://localhost/a', PORT: '', LOG_LEVEL: 'debug' });
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 0,
      DATABASE_POOL: 10,
      PARTITIONS: 8,
      LOG_LEVEL: 'debug',
      STRICT: false,
    });
    expect(config.INSTANCE_ID).toMatch(/-\d+$/);
  });

  it('lists every problem with how to fix it', () => {
    expect(problemsOf({ PORT: 'http', PARTITIONS: '0', STRICT: 'yes' })).toEqual([
      'PORT: expected a whole number from 0 to 65535',
      'DATABASE_URL: is not set',
      'PARTITIONS: expected a whole number from 1 to 1024',
      'STRICT: expected true or false',
    ]);
    expect(() => readConfig(schema, {})).toThrow(
      /DATABASE_URL: is not set\. Set DATABASE_URL \(or DATABASE_URL_FILE\)/,
    );
  });

  it('reads a secret from a file', () => {
    const file = join(folder, 'url');
    writeFileSync(file, 'postgresql://localhost/from-file\n');
    expect(readConfig(schema, { DATABASE_URL_FILE: file }).DATABASE_URL).toBe('postgresql://localhost/from-file');
    expect(problemsOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgresql://x/y' })).toEqual([
      'DATABASE_URL_FILE: both DATABASE_URL and DATABASE_URL_FILE are set',
    ]);
    expect(problemsOf({ DATABASE_URL_FILE: join(folder, 'none') })).toEqual([
      expect.stringContaining('cannot be read (ENOENT)'),
    ]);
  });

  it('takes half of a login to Kafka for a mistake, not for none', () => {
    const env = { DATABASE_URL: 'postgresql://localhost/a', KAFKA_BROKERS: 'k1:9093, k2:9093' };
    expect(
      problemsOf({ ...env, KAFKA_SASL_USERNAME: 'punctual', KAFKA_SSL_CA: '-----BEGIN CERTIFICATE-----' }),
    ).toEqual([
      'KAFKA_SASL_MECHANISM: is not set, but KAFKA_SASL_USERNAME is',
      'KAFKA_SSL_CA: is set, but KAFKA_SSL is not true',
    ]);
    expect(problemsOf({ ...env, KAFKA_BROKERS: 'kafka://k1' })).toEqual(['KAFKA_BROKERS: expected host:port']);
    const login = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'punctual', KAFKA_SASL_PASSWORD: 'x' };
    expect(readConfig(schema, { ...env, ...login, KAFKA_SSL: 'true' })).toMatchObject({
      KAFKA_BROKERS: ['k1:9093', 'k2:9093'],
      KAFKA_SSL: true,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
    });
  });

  it('never repeats a value, which may be a secret', () => {
    expect(() => readConfig(schema, { DATABASE_URL: 'mysql://user:hunter2@db' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
