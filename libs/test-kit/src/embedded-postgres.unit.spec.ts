import { expect, it } from 'vitest';

it('leaves to the process with which code it ends', async () => {
  const listeners = () => [...process.rawListeners('beforeExit'), ...process.rawListeners('exit')];
  const before = listeners();
  await import('./embedded-postgres.js');
  expect(listeners()).toEqual(before);
});
