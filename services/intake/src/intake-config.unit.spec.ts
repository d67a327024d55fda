import { describe, expect, it } from 'vitest';
import { AccessTokens } from './access-tokens.js';
import { readIntakeConfig } from './intake-config.js';

const DATABASE_URL = 'postgresql://localhost/x';

describe('readIntakeConfig', () => {
  it('keeps to loopback without tokens', () => {
    expect(readIntakeConfig({ DATABASE_URL }).HOST).toBe('127.0.0.1');
    expect(() => readIntakeConfig({ DATABASE_URL, HOST: '0.0.0.0' })).toThrow(/INTAKE_TOKENS: no token is set/);
    expect(() => readIntakeConfig({ DATABASE_URL, HOST: '::' })).toThrow(/INTAKE_TOKENS/);
    expect(readIntakeConfig({ DATABASE_URL, HOST: '0.0.0.0', INTAKE_ALLOW_ANONYMOUS: 'true' }).HOST).toBe('0.0.0.0');
  });

  it('reads several tokens and refuses short ones without showing them', () => {
    const config = readIntakeConfig({
      DATABASE_URL,
      HOST: '0.0.0.0',
      INTAKE_TOKENS: `${'a'.repeat(16)},\n${'b'.repeat(20)}\n`,
    });
    expect(config.INTAKE_TOKENS).toEqual(['a'.repeat(16), 'b'.repeat(20)]);
    expect(() => readIntakeConfig({ DATABASE_URL, INTAKE_TOKENS: 'hunter2' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});

describe('AccessTokens', () => {
  const tokens = new AccessTokens(['first-token-0123456', 'second-token-012345']);
  const passes = (authorization: string | undefined): boolean => {
    try {
      tokens.check(authorization);
      return true;
    } catch {
      return false;
    }
  };

  it.each([
    ['Bearer first-token-0123456', true],
    ['bearer  second-token-012345', true],
    ['Bearer first-token-0123457', false],
    ['Bearer first-token-012345', false],
    ['Basic first-token-0123456', false],
    ['Bearer', false],
    [undefined, false],
  ])('%j passes: %j', (authorization, expected) => {
    expect(passes(authorization)).toBe(expected);
  });

  it('lets everybody pass where none is configured', () => {
    expect(() => new AccessTokens([]).check(undefined)).not.toThrow();
  });
});
