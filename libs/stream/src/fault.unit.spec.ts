import { describe, expect, it } from 'vitest';
import { classifyFault, type Fault } from './fault.js';
import { StreamError } from './stream-error.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('classifyFault', () => {
  const rows: readonly (readonly [string, unknown, Fault])[] = [
    ['a serialization failure', coded('40001'), 'transient'],
    ['a deadlock', coded('40P01'), 'transient'],
    ['a server that shuts down', coded('57P01'), 'transient'],
    ['too many connections', coded('53300'), 'transient'],
    ['a refused connection', coded('ECONNREFUSED'), 'transient'],
    ['a connection that ended', new Error('Connection terminated unexpectedly'), 'transient'],
    ['the same inside a query error', Object.assign(new Error('failed'), { driverError: coded('08006') }), 'transient'],
    ['the same as a cause', new Error('failed', { cause: coded('40001') }), 'transient'],
    [
      'a commit after such a failure',
      new StreamError('transaction_aborted', 'x', { cause: coded('40001') }),
      'transient',
    ],
    ['something not there yet', new StreamError('not_ready', 'x'), 'transient'],
    ['a lost fence', new StreamError('fenced', 'x'), 'fenced'],
    ['another log', new StreamError('log_changed', 'x'), 'refused'],
    ['lost input', new StreamError('input_gap', 'x'), 'refused'],
    ['a violated constraint', coded('23505'), 'bug'],
    [
      'a commit after a violated constraint',
      new StreamError('transaction_aborted', 'x', { cause: coded('23505') }),
      'bug',
    ],
    ['a record that is not JSON', new StreamError('invalid_record', 'x'), 'bug'],
    ['a TypeError', new TypeError('x is not a function'), 'bug'],
    ['what Nest makes of an error', { status: 'error', message: 'Internal server error' }, 'bug'],
    ['nothing at all', undefined, 'bug'],
  ];
  it.each(rows)('%s', (_name, error, expected) => {
    expect(classifyFault(error)).toBe(expected);
  });

  it('ends on an error that is its own cause', () => {
    const error = new Error('x');
    error.cause = error;
    expect(classifyFault(error)).toBe('bug');
  });
});
