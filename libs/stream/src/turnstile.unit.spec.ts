import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.js';

describe('Turnstile', () => {
  it('lets so many actions run side by side as it has places, the others in the order they came', async () => {
    const turnstile = new Turnstile(2);
    const open: (() => void)[] = [];
    const begun: string[] = [];
    const action = (name: string) => () => {
      begun.push(name);
      return new Promise<void>((resolve) => open.push(resolve));
    };
    const all = ['a', 'b', 'c', 'd'].map((name) => turnstile.pass(action(name)));
    expect(begun).toEqual(['a', 'b']);
    open.shift()?.();
    await all[0];
    expect(begun).toEqual(['a', 'b', 'c']);
    while (open.length > 0) {
      open.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await Promise.all(all);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  it('gives at most half of its places to what can wait, and none where none is free', async () => {
    const turnstile = new Turnstile(4);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const leisurely = [1, 2, 3].map(() => turnstile.passAtLeisure(() => ended));
    expect(leisurely.map((one) => one !== null)).toEqual([true, true, false]);
    const busy = [turnstile.pass(() => ended), turnstile.pass(() => ended)];
    end();
    await Promise.all([...leisurely, ...busy]);
    let endBusy: () => void = () => undefined;
    const again = [1, 2, 3, 4].map(() => turnstile.pass(() => new Promise<void>((resolve) => (endBusy = resolve))));
    expect(turnstile.passAtLeisure(async () => undefined)).toBeNull();
    endBusy();
    await again[3];
    expect(await turnstile.passAtLeisure(async () => 'ran')).toBe('ran');
  });
});
