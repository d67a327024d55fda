import type { ServiceMetrics } from '@punctual/service-kit';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { databaseSql } from '../storage/database-sql.js';
import { loadDesks } from '../storage/desk-store.js';
import type { DeskDecider } from './desk-decider.js';

/**
 * How the desks of policies stand. Read from the database, so that every instance exposes the same. Labels are names of policies and of the
 * shares they declare.
 */
export function addDeskGauges({ registry }: ServiceMetrics, dataSource: DataSource): void {
  const registers = [registry];
  new Gauge({
    name: 'punctual_surge',
    help: 'Whether a surge of the desk of a policy lasts: 1 or 0; absent where there never was one.',
    labelNames: ['policy'],
    registers,
    async collect() {
      const rows: { policy: string; lasts: boolean }[] = await dataSource.query(
        'SELECT policy, bool_or(ended_at IS NULL) AS lasts FROM sla_clock.surge GROUP BY policy',
      );
      this.reset();
      for (const { policy, lasts } of rows) this.set({ policy }, lasts ? 1 : 0);
    },
  });
  new Gauge({
    name: 'punctual_share_alarm',
    help: 'Whether the alarm of a priority share is raised: 1 or 0; absent where it never was.',
    labelNames: ['policy', 'share'],
    registers,
    async collect() {
      const rows: { policy: string; share: string; raised: boolean }[] = await dataSource.query(
        'SELECT policy, share, cleared_at IS NULL AS raised FROM sla_clock.share_alarm',
      );
      this.reset();
      for (const { policy, share, raised } of rows) this.set({ policy, share }, raised ? 1 : 0);
    },
  });
  addFigures(registry, dataSource);
}

/** The figures by which surges and alarms are decided, as they were last measured. */
function addFigures(registry: ServiceMetrics['registry'], dataSource: DataSource): void {
  const registers = [registry];
  const people = new Gauge({
    name: 'punctual_desk_people',
    help: 'People of the desk of a policy as somebody said it, by state: team (all of them) or away.',
    labelNames: ['policy', 'state'],
    registers,
  });
  const shares = new Gauge({
    name: 'punctual_priority_share',
    help: 'The share of the priorities of a declared share among the tickets created in its window, 0 to 1.',
    labelNames: ['policy', 'share'],
    registers,
  });
  new Gauge({
    name: 'punctual_desk_waiting_tickets',
    help: 'Open tickets of a policy that names a workload: present (now) and usual (the median of four weeks, or as declared).',
    labelNames: ['policy', 'measure'],
    registers,
    async collect() {
      for (const gauge of [this, people, shares]) gauge.reset();
      for (const { policy, figures, shares: measured } of await loadDesks(databaseSql(dataSource), null)) {
        const { waiting, usual, team, away } = figures;
        if (waiting !== null) this.set({ policy, measure: 'present' }, waiting);
        if (usual !== null) this.set({ policy, measure: 'usual' }, usual);
        if (team !== null) people.set({ policy, state: 'team' }, team);
        if (away !== null) people.set({ policy, state: 'away' }, away);
        for (const { share, concerned, all } of measured) {
          if (all > 0) shares.set({ policy, share }, concerned / all);
        }
      }
    },
  });
}

/** Which instance measures. */
export function addDeciderGauge({ registry }: ServiceMetrics, decider: DeskDecider): void {
  new Gauge({
    name: 'punctual_desk_decider_leader',
    help: '1 on the one instance that measures desks and decides surges and alarms.',
    registers: [registry],
    collect() {
      this.set(decider.isLeader ? 1 : 0);
    },
  });
}
