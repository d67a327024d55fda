import { horizonOf, type ConfigRecord, type Instant, type Watermark } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import type { UnitOfWork } from '@punctual/stream';
import { addWalk, countWalk, loadWalked, saveWalk, type WalkedTicket } from '../storage/walk-store.js';
import type { FoldObserver } from './fold-observer.js';
import type { DueTickets, PartitionMemory } from './partition-memory.js';
import { ticketKey } from './ticket-row.js';
import { atTheStart, newWalk, type TicketWalk } from './ticket-walk.js';
import { SLICE_MS, type WalkPace } from './walk-pace.js';

/** Tickets that are looked at and left as they are cost little: so many of them at once. */
const MOST_LOOKED_AT = 5_000;

/** What a walk needs of the batch it is part of. */
interface Folding {
  /** Writes what the batch has changed so far: a walk reads the database. */
  save(): Promise<void>;
  /** Folds tickets that share a horizon, by the log up to `offset`, and saves them. */
  fold(group: DueTickets, offset: number): Promise<void>;
}

/**
 * Walks through the tickets that something concerns which happened to none of them in particular: a published version, a surge. A slice is a
 * unit of its own between the batches of records, which go first; so it may end anywhere, goes on where the database says, and what happens on a
 * ticket meanwhile waits for one slice at most.
 */
export class WalkFold {
  constructor(
    private readonly partition: number,
    private readonly memory: PartitionMemory,
    private readonly unit: UnitOfWork,
    private readonly policies: PinnedPolicies<CompiledPolicy>,
    private readonly pace: WalkPace,
    private readonly observer: FoldObserver,
    private readonly folding: Folding,
  ) {}

  /** A version was published: those whom it concerns will be walked through, once its instant has come. */
  async published({ policy, version, at }: ConfigRecord): Promise<void> {
    const publications = (await this.policies.schedule(policy, version))?.publications ?? [];
    const place = publications.findLastIndex((one) => one.policy.version === version && one.effectiveAt === at);
    const publication = publications[place];
    // The first version of a policy finds no ticket that was folded under another.
    if (publication === undefined || publications.length === 1) return;
    // The earliest version is also that of the tickets created before it.
    const affectsFrom = place === 0 ? Number.MIN_SAFE_INTEGER : at;
    await this.add(newWalk({ policy, subject: version, effectiveAt: at, mode: publication.mode, affectsFrom }));
  }

  async add(walk: TicketWalk): Promise<void> {
    if (await addWalk(await this.unit.transaction(), this.partition, walk)) this.memory.ticketWalks.push(walk);
  }

  /** A watermark at `offset` has passed: what time has come to is walked through from here on, once no records wait. */
  async pass(watermark: Watermark, offset: number): Promise<void> {
    const { memory, unit, pace } = this;
    const ahead = await Promise.all(memory.ticketWalks.map((walk) => this.hasCome(walk, watermark)));
    if (!ahead.includes(true)) return;
    const now = performance.now();
    memory.walksSince ??= now;
    if (pace.isCrowdedOut(memory.walksSince, now)) await this.slice(watermark, offset);
    unit.goOn();
  }

  /** A slice of what there is to walk through, by the log up to `offset`. */
  async slice(watermark: Watermark, offset: number): Promise<void> {
    const { memory, pace } = this;
    await this.folding.save();
    const began = performance.now();
    let folded = 0;
    for (const walk of memory.ticketWalks) {
      const leftMs = began + SLICE_MS - performance.now();
      if (leftMs <= 0) break;
      if (await this.hasCome(walk, watermark)) folded += await this.walkOn(walk, watermark, offset, began + SLICE_MS);
    }
    memory.ticketWalks = memory.ticketWalks.filter(({ finishedAt }) => finishedAt === null);
    const goesOn = memory.ticketWalks.some(({ beganAt }) => beganAt !== null);
    if (goesOn) this.unit.goOn();
    else memory.walksSince = null;
    this.unit.afterCommit(() => {
      const now = performance.now();
      pace.measured(folded, now - began, now);
    });
  }

  /** Whether the tickets of live sources are folded up to the walk's instant by now. Those of other sources have a timer of their own. */
  private async hasCome({ policy, effectiveAt, beganAt }: TicketWalk, watermark: Watermark): Promise<boolean> {
    if (beganAt !== null) return true;
    if (watermark.at < effectiveAt) return false;
    const publications = (await this.policies.schedule(policy))?.publications ?? [];
    const settleMs = publications.reduce((most, one) => Math.max(most, one.policy.settleMs), 0);
    return watermark.at - settleMs > effectiveAt;
  }

  /** Walks on until it is late enough; gives back how many tickets were folded. */
  private async walkOn(walk: TicketWalk, watermark: Watermark, offset: number, until: number): Promise<number> {
    const { partition, pace, observer, folding } = this;
    const sql = await this.unit.transaction();
    if (walk.total === null) {
      walk.beganAt = watermark.at;
      walk.total = await countWalk(sql, partition, walk);
      this.unit.afterCommit(() => observer.walkBegan(partition, { ...walk }));
    }
    let folded = 0;
    do {
      const room = pace.ticketsIn(until - performance.now());
      const next = await loadWalked(sql, partition, walk, walk.mode === 'pin' ? MOST_LOOKED_AT : room);
      const concerned = next.filter(({ createdAt }) => concerns(walk, createdAt)).slice(0, room);
      // What does not fit into the time that is left is walked past by the next slice.
      const last = concerned.length === room ? concerned.at(-1) : next.at(-1);
      for (const group of byHorizon(concerned, watermark)) await folding.fold(group, offset);
      folded += concerned.length;
      walk.done += last === undefined ? 0 : next.indexOf(last) + 1;
      this.moveOn(walk, last, watermark.at);
    } while (walk.finishedAt === null && performance.now() < until - SLICE_MS / 2);
    await saveWalk(sql, partition, walk);
    const standing = { ...walk };
    this.unit.afterCommit(() => observer.walked(partition, standing, folded));
    return folded;
  }

  private moveOn(walk: TicketWalk, last: WalkedTicket | undefined, now: Instant): void {
    if (last !== undefined) {
      walk.after = { at: last.lastEventAt, source: last.source, ticket: last.ticket };
    } else if (walk.phase === 'open') {
      walk.phase = 'ended';
      walk.after = atTheStart;
    } else {
      walk.finishedAt = now;
      walk.total = walk.done;
    }
  }
}

/** A pinned version concerns the tickets created under it: where it is published afterwards, they have begun under another. */
function concerns({ mode, affectsFrom }: TicketWalk, createdAt: Instant | null): boolean {
  return mode !== 'pin' || createdAt === null || createdAt >= affectsFrom;
}

/** Tickets of a source whose policies settle alike share a horizon. */
function byHorizon(tickets: readonly WalkedTicket[], watermark: Watermark): DueTickets[] {
  const groups = Map.groupBy(tickets, ({ source, settleMs }) => ticketKey(source, String(settleMs)));
  return [...groups.values()].flatMap((group): DueTickets[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { source, settleMs } = first;
    const mode = watermark.sources[source]?.mode ?? 'live';
    const horizon = horizonOf(watermark, source, settleMs);
    // What is sealed by now stands, also where its timeline is still there.
    const keys = group
      .filter(({ sealAt }) => sealAt === null || sealAt >= horizon.duesBefore)
      .map((one) => ticketKey(one.source, one.ticket));
    return [{ horizon, mode, keys }];
  });
}
