import { describe, expect, it } from 'vitest';
import { AnswersByValues, type AskedValue } from './answers-by-values.js';

interface Answer {
  readonly to: string;
}

function asking(limit: number) {
  const made: string[] = [];
  const answers = new AnswersByValues<Answer>(limit);
  const ask = (...values: AskedValue[]): Answer =>
    answers.get(values, () => {
      const to = JSON.stringify(values);
      made.push(to);
      return { to };
    });
  return { ask, made };
}

describe('answers by the values they were asked with', () => {
  it('are made once, and are the identical object', () => {
    const { ask, made } = asking(10);
    expect(ask('a', null)).toBe(ask('a', null));
    expect(made).toEqual(['["a",null]']);
  });

  it('tell values of different kinds and places apart', () => {
    const { ask } = asking(100);
    const questions: AskedValue[][] = [
      ['1', 'x'],
      [1, 'x'],
      ['true', 'x'],
      [true, 'x'],
      ['null', 'x'],
      [null, 'x'],
      ['x', '1'],
      ['x', null],
      ['1x', ''],
      ['', '1x'],
    ];
    for (const values of [...questions, ...questions]) expect(ask(...values).to).toBe(JSON.stringify(values));
  });

  it('begin anew when as many are kept as may be, and answer as before', () => {
    const { ask, made } = asking(2);
    for (const value of ['a', 'b', 'c', 'c', 'a']) expect(ask(value).to).toBe(JSON.stringify([value]));
    expect(made).toEqual(['["a"]', '["b"]', '["c"]', '["a"]']);
  });
});
