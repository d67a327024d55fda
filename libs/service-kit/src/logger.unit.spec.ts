import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { prettyLine } from './pretty-line.js';

function capture(): { lines: string[]; destination: Writable } {
  const lines: string[] = [];
  const write = (line: string, _encoding: BufferEncoding, done: () => void): void => {
    lines.push(line);
    done();
  };
  return { lines, destination: new Writable({ decodeStrings: false, write }) };
}

describe('the logger', () => {
  it('writes JSON with service, context and error', () => {
    const { lines, destination } = capture();
    const logger = createLogger({ service: 'intake', level: 'info', destination });
    logger.log('started', 'Main');
    logger.error(new Error('broke'), 'Main');
    logger.debug('not at this level');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ level: 'info', service: 'intake', context: 'Main', msg: 'started' }),
      expect.objectContaining({ level: 'error', msg: 'broke', err: expect.objectContaining({ message: 'broke' }) }),
    ]);
  });

  it('masks secrets by name, and passwords in URLs wherever they stand', () => {
    const { lines, destination } = capture();
    const logger = createLogger({ service: 'intake', level: 'info', destination });
    logger.pino.info({ headers: { authorization: 'Bearer s3cret' }, token: 's3cret', body: 's3cret' }, 'a');
    logger.error(new Error('cannot reach postgresql://punctual:s3cret@db:5432/x'));
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines[1]).toContain('postgresql://punctual:[masked]@db:5432/x');
  });

  it('is one readable line on a terminal', () => {
    const line = JSON.stringify({
      level: 'warn',
      time: '2026-03-02T09:30:00.123Z',
      service: 'intake',
      context: 'Log',
      msg: 'slow',
      ms: 7,
    });
    const plain = prettyLine(line).replaceAll(/\u001b\[\d+m/g, '');
    expect(plain).toBe('09:30:00.123 warn  intake/Log: slow ms=7\n');
  });
});
