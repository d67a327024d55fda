import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { CompiledPolicy } from '@punctual/policy';
import { PinnedPolicies } from '@punctual/service-kit';
import type { DataSource } from 'typeorm';
import { DATA_SOURCE, POLICIES } from '../tokens.js';
import { unknownPolicy } from './queue.controller.js';
import { wireInstant } from './wire.js';

/** The walks told of, the latest first. */
const MOST_TOLD = 50;

interface WalkRow {
  subject: string;
  mode: string;
  effective_at: string;
  partitions: number;
  finished: number;
  began_at: string | null;
  finished_at: string | null;
  done: string;
  remaining: string;
}

/** How far what was published, and the desk's surges, have been brought to the tickets of a policy. */
@Controller('v1/policies')
export class PolicyWalkController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(POLICIES) private readonly policies: PinnedPolicies<CompiledPolicy>,
  ) {}

  @Get(':policy/walk')
  @ApiOperation({
    summary: 'How far each published version, and each surge, has been brought to the tickets it concerns',
  })
  @ApiOkResponse({ description: 'Walks, the latest first; `waiting` until time has come to the instant.' })
  @ApiNotFoundResponse({ description: 'No such policy: problem `unknown_policy`.' })
  async read(@Param('policy') policy: string) {
    if ((await this.policies.schedule(policy)) === null) throw unknownPolicy(policy, await this.policies.names());
    const rows: WalkRow[] = await this.dataSource.query(
      `SELECT subject, mode, effective_at, count(*)::integer AS partitions, count(finished_at)::integer AS finished,
              min(began_at) AS began_at, max(finished_at) AS finished_at, sum(done) AS done,
              sum(greatest(coalesce(total, 0) - done, 0)) AS remaining
         FROM sla_clock.policy_walk WHERE policy = $1
        GROUP BY subject, mode, effective_at ORDER BY effective_at DESC, subject LIMIT $2`,
      [policy, MOST_TOLD],
    );
    return {
      policy,
      walks: rows.map((row) => ({
        ...aboutOf(row),
        mode: row.mode,
        effectiveAt: wireInstant(Number(row.effective_at)),
        state: stateOf(row),
        partitions: row.partitions,
        partitionsFinished: row.finished,
        done: Number(row.done),
        remaining: Number(row.remaining),
        beganAt: instantOf(row.began_at),
        finishedAt: row.finished === row.partitions ? instantOf(row.finished_at) : null,
      })),
    };
  }
}

/** A walk is about a published version, or about a surge that began or ended, by the id of the record that said so. */
function aboutOf({ mode, subject }: WalkRow): { readonly version: string | null; readonly surge: string | null } {
  return mode === 'surge' ? { version: null, surge: subject } : { version: subject, surge: null };
}

function stateOf({ partitions, finished, began_at }: WalkRow): 'waiting' | 'walking' | 'finished' {
  if (finished === partitions) return 'finished';
  return began_at === null ? 'waiting' : 'walking';
}

function instantOf(text: string | null): string | null {
  return wireInstant(text === null ? null : Number(text));
}
