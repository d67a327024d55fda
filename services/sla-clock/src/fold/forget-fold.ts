import { FORGOTTEN, type ForgetRecord } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import { stateWithoutPeople } from '@punctual/sla-engine';
import type { UnitOfWork } from '@punctual/stream';
import { forgetStored, noteForgotten } from '../storage/forgetting-store.js';
import type { ChangedRows } from './changed-rows.js';
import type { DueFold } from './due-fold.js';
import { loadMissing } from './load-missing.js';
import type { PartitionMemory } from './partition-memory.js';
import { ticketKey } from './ticket-row.js';

/** Erases who a ticket's people are and what they wrote; what was said of its promises stays, and so do the ids of that. */
export class ForgetFold {
  constructor(
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly due: DueFold,
    private readonly changed: ChangedRows,
  ) {}

  async forget(record: ForgetRecord, offset: number): Promise<void> {
    const { memory, changed } = this;
    const sql = await this.unit.transaction();
    await loadMissing(sql, memory, [record]);
    const key = ticketKey(record.source, record.ticket);
    const row = memory.rows.get(key);
    const known = row === undefined ? new Set<string>() : await this.policies.words(row.policy);
    // Of a sealed ticket the row holds nothing that could be erased.
    if (row !== undefined && row.sealedAt === null) {
      if (row.state !== null) row.state = stateWithoutPeople(row.state, known);
      // What failed on the ticket may have quoted it.
      if (row.quarantined !== null) row.quarantined = FORGOTTEN;
      changed.add(row);
      memory.forgetPeople(key, known);
    }
    // What the batch has changed so far is written, to be rewritten with the rest.
    changed.keepUntilEnd(key);
    await this.due.save();
    changed.timeMoved = true;
    await noteForgotten(sql, record, await forgetStored(sql, record, offset, known));
  }
}
