import type { Instant } from '@punctual/contracts';
import {
  decideBesidePeople,
  decideShare,
  isCalm,
  type DeskFigures,
  type DeskPolicy,
  type PriorityShareRule,
  type SurgeRule,
} from '@punctual/policy';
import type {
  Clock,
  DeskDeclarations,
  DeskIntent,
  Leadership,
  PinnedPolicies,
  ServiceLogger,
  Staffing,
} from '@punctual/service-kit';
import type { Sql } from '@punctual/stream';
import {
  addSample,
  countCreated,
  countWaiting,
  loadDesks,
  loadFoldedTime,
  loadUsual,
  saveDesk,
  type MeasuredShare,
} from '../storage/desk-store.js';
import { moveToPresentOrder } from './queue-mover.js';

/** Figures of a time that lies farther back, ms, say nothing about now: the fold has to catch up first. */
const MOST_BEHIND_MS = 2 * 60_000;

/**
 * What a look came to: desks were measured; another instance measures them; time has not moved since; what is folded lies too far back, or
 * nothing is yet; or it failed, and the next one tries again.
 */
export type Look = 'measured' | 'standing_by' | 'no_new_time' | 'behind' | 'failed';

export interface DeskDeciderParts {
  readonly sql: Sql;
  readonly partitions: number;
  readonly policies: PinnedPolicies<DeskPolicy>;
  readonly declarations: DeskDeclarations;
  readonly staffing: Staffing;
  readonly leadership: Leadership;
  readonly clock: Clock;
  readonly logger: ServiceLogger;
  /** Ms between two looks; 0: none of its own accord. */
  readonly intervalMs: number;
}

/** The folded time at which desks are measured. */
interface Measuring {
  readonly at: Instant;
  readonly historical: readonly string[];
}

/**
 * The one instance that measures policies' desks and decides by their figures whether a surge begins or ends, and whether the alarm of a
 * priority share is raised or cleared (SLA-SEMANTICS §7). What it decides is declared as what people say is: stored, and announced by
 * intake in the log, from where every reader and every replay has it. So a wrong or doubled election could measure twice, and decide nothing twice.
 */
export class DeskDecider {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<Look> | null = null;
  private measuredAt: Instant | null = null;

  constructor(private readonly parts: DeskDeciderParts) {}

  get isLeader(): boolean {
    return this.parts.leadership.isLeader;
  }

  start(): void {
    if (this.parts.intervalMs === 0) return;
    this.timer = setInterval(() => void this.look(), this.parts.intervalMs);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.parts.leadership.resign();
  }

  /** Measures now; one look at a time. */
  look(): Promise<Look> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  private async lookOnce(): Promise<Look> {
    const { leadership, logger, sql, partitions, clock, policies } = this.parts;
    try {
      if ((await leadership.session()) === null) return 'standing_by';
      const measuring = await loadFoldedTime(sql, partitions);
      if (measuring === null || clock.now() - measuring.at > MOST_BEHIND_MS) return 'behind';
      if (measuring.at === this.measuredAt) return 'no_new_time';
      for (const name of await policies.names()) await this.measure(name, measuring);
      this.measuredAt = measuring.at;
      return 'measured';
    } catch (error) {
      logger.pino.warn({ err: error }, 'the desks of policies could not be measured and will be again');
      return 'failed';
    }
  }

  private async measure(name: string, measuring: Measuring): Promise<void> {
    const policy = await this.parts.policies.pin(name, measuring.at);
    if (policy === null) return;
    await moveToPresentOrder(this.parts.sql, policy);
    if (policy.surge === null && policy.priorityShares.length === 0) return;
    const { sql } = this.parts;
    const figures = await this.figuresOf(policy, measuring);
    const [before] = await loadDesks(sql, name);
    const calm = policy.surge === null || isCalm(policy.surge, figures);
    const calmAt = calm ? measuring.at : (before?.calmAt ?? null);
    const shares: MeasuredShare[] = [];
    for (const rule of policy.priorityShares) shares.push(await this.shareOf(name, rule, measuring));
    await saveDesk(sql, { policy: name, measuredAt: measuring.at, figures, calmAt, shares });
    if (policy.surge !== null) await this.decideSurge(name, policy.surge, calmAt, figures);
    for (const [place, rule] of policy.priorityShares.entries()) {
      const measured = shares[place];
      if (measured !== undefined) await this.decideShare(name, rule, measured);
    }
  }

  private async figuresOf({ id, surge }: DeskPolicy, { at, historical }: Measuring): Promise<DeskFigures> {
    const { sql, staffing } = this.parts;
    const figure = await staffing.of(id);
    const waiting = surge?.workload ? await countWaiting(sql, id, historical) : null;
    if (waiting !== null) await addSample(sql, id, at, waiting);
    const usual = surge?.workload ? (surge.workload.usual ?? (await loadUsual(sql, id, at))) : null;
    return { waiting, usual, team: figure?.team ?? null, away: figure?.away ?? null };
  }

  private async shareOf(
    policy: string,
    rule: PriorityShareRule,
    { at, historical }: Measuring,
  ): Promise<MeasuredShare> {
    const window = { from: at - rule.window, to: at };
    const counted = await countCreated(this.parts.sql, policy, window, rule, historical);
    return { share: rule.name, ...counted };
  }

  private async decideSurge(
    policy: string,
    rule: SurgeRule,
    calmAt: Instant | null,
    figures: DeskFigures,
  ): Promise<void> {
    const { declarations, clock } = this.parts;
    const declared = await declarations.last(policy, null);
    const last = declared && {
      open: declared.state === 'started',
      since: declared.at,
      byPerson: declared.by !== null,
    };
    const at = clock.now();
    const verdict = decideBesidePeople(rule, last, calmAt, figures, at);
    if (verdict === null) return;
    const state = verdict.open ? 'started' : 'ended';
    await this.declare({ policy, share: null, state, at, by: null, reason: verdict.reason, figures: { ...figures } });
  }

  private async decideShare(policy: string, rule: PriorityShareRule, measured: MeasuredShare): Promise<void> {
    const { declarations, clock } = this.parts;
    const { share, concerned, all } = measured;
    const isOpen = (await declarations.last(policy, share))?.state === 'started';
    const verdict = decideShare(rule, isOpen, measured);
    if (verdict === null) return;
    const state = verdict.open ? 'started' : 'ended';
    const figures = { concerned, all };
    await this.declare({ policy, share, state, at: clock.now(), by: null, reason: verdict.reason, figures });
  }

  private async declare(intent: DeskIntent): Promise<void> {
    const declared = await this.parts.declarations.declare(intent);
    if (declared === null) return;
    const { policy, share, state, reason } = intent;
    this.parts.logger.pino.info({ policy, share, state, reason }, 'the figures of a desk decided');
  }
}
