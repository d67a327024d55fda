import { describe, expect, it } from 'vitest';
import { StopOrder, type Stoppable } from './stop-order.js';

describe('StopOrder', () => {
  it('stops input before processors before the database, in whatever order they started', async () => {
    const stopped: string[] = [];
    const order = new StopOrder();
    for (const name of ['PostgreSQL', 'sla-clock', 'trickle', 'intake', 'lock'] satisfies Stoppable[]) {
      order.add(name, async () => void stopped.push(name));
    }
    expect(await order.stopAll()).toEqual([]);
    expect(stopped).toEqual(['trickle', 'intake', 'sla-clock', 'PostgreSQL', 'lock']);
  });

  it('goes on after a failure and says which it was', async () => {
    let databaseStopped = false;
    const order = new StopOrder();
    order.add('PostgreSQL', async () => {
      databaseStopped = true;
    });
    order.add('intake', async () => {
      throw new Error('no answer');
    });
    expect(await order.stopAll()).toEqual(['intake: no answer']);
    expect(databaseStopped).toBe(true);
  });

  it('stops each thing once, however often it is asked', async () => {
    let stops = 0;
    const order = new StopOrder();
    order.add('intake', async () => {
      stops += 1;
    });
    await Promise.all([order.stopAll(), order.stopAll()]);
    await order.stopAll();
    expect(stops).toBe(1);
  });
});
