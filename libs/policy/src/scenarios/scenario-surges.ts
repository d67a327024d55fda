import type { Instant } from '@punctual/contracts';
import { decideSurge, type DeskFigures, type SurgeRule } from '../surge.js';
import type { Scenario } from './scenario.js';

/** A surge as a scenario's desk has it. `endedBy` and `to` are null while it lasts. */
export interface ScenarioSurge {
  readonly from: Instant;
  readonly to: Instant | null;
  readonly startedBy: string;
  readonly endedBy: string | null;
}

/** The surges that come of a scenario's desk under a policy, whose figures hold until the next line that names them. */
export function scenarioSurges({ desk }: Scenario, rule: SurgeRule | null): ScenarioSurge[] {
  if (!rule) return [];
  const surges: ScenarioSurge[] = [];
  let figures: DeskFigures = { waiting: null, usual: null, team: null, away: null };
  let open: ScenarioSurge | null = null;
  for (const [index, { at, ...named }] of desk.entries()) {
    figures = { ...figures, ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) };
    const verdict = decideSurge(rule, open?.from ?? null, figures, at);
    if (verdict === null) continue;
    const by = `desk-${index + 1}`;
    if (verdict.open) open = { from: at, to: null, startedBy: by, endedBy: null };
    else if (open) {
      surges.push({ ...open, to: at, endedBy: by });
      open = null;
    }
  }
  return open ? [...surges, open] : surges;
}
