import { afterEach, beforeEach, describe } from 'vitest';
import { newContext, type ContractContext, type LogHarness } from './contract/contract-context.js';
import { deliveryContract } from './contract/delivery.contract.js';
import { exactlyOnceContract } from './contract/exactly-once.contract.js';
import { lazyPositionsContract } from './contract/lazy-positions.contract.js';
import { poisonContract } from './contract/poison.contract.js';
import { processingContract } from './contract/processing.contract.js';

export type { LogHarness, OpenedLog } from './contract/contract-context.js';

/** The behaviour every driver must show; one that differs has a bug. `newHarness` makes a fresh store or cluster for each test. */
export function eventLogContract(driver: string, newHarness: () => Promise<LogHarness>): void {
  describe(`event log contract: ${driver}`, () => {
    let harness: LogHarness;
    let context: ContractContext;
    beforeEach(async () => {
      harness = await newHarness();
      context = await newContext(harness);
    });
    afterEach(() => harness.close());

    const current = (): ContractContext => context;
    deliveryContract(current);
    exactlyOnceContract(current);
    lazyPositionsContract(current);
    poisonContract(current);
    processingContract(current);
  });
}
