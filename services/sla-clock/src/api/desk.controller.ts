import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { formatInstant } from '@punctual/contracts';
import type { CompiledPolicy } from '@punctual/policy';
import { PinnedPolicies } from '@punctual/service-kit';
import type { DataSource } from 'typeorm';
import { databaseSql } from '../storage/database-sql.js';
import { loadDesks } from '../storage/desk-store.js';
import { loadAlarms } from '../storage/share-store.js';
import { openSurge } from '../storage/surge-store.js';
import { DATA_SOURCE, POLICIES } from '../tokens.js';
import { unknownPolicy } from './queue.controller.js';
import { wireInstant } from './wire.js';

/** How a policy's desk stands, and by which figures. */
@Controller('v1/policies')
export class DeskController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(POLICIES) private readonly policies: PinnedPolicies<CompiledPolicy>,
  ) {}

  @Get(':policy/desk')
  @ApiOperation({
    summary: 'The latest figures of a desk, whether a surge lasts, and the alarms of its priority shares',
  })
  @ApiOkResponse({ description: 'Figures are null where none is known.' })
  @ApiNotFoundResponse({ description: 'No such policy: problem `unknown_policy`.' })
  async read(@Param('policy') policy: string) {
    if ((await this.policies.schedule(policy)) === null) throw unknownPolicy(policy, await this.policies.names());
    const sql = databaseSql(this.dataSource);
    const [desk] = await loadDesks(sql, policy);
    const surge = await openSurge(sql, policy);
    const alarms = await loadAlarms(sql, policy);
    return {
      policy,
      measuredAt: wireInstant(desk?.measuredAt ?? null),
      figures: desk?.figures ?? { waiting: null, usual: null, team: null, away: null },
      surge: surge === null ? null : { since: formatInstant(surge.from), reason: surge.reason },
      shares: (desk?.shares ?? []).map((measured) => {
        const alarm = alarms.find(({ share }) => share === measured.share);
        return {
          ...measured,
          alarm: alarm === undefined ? null : { since: formatInstant(alarm.raisedAt), reason: alarm.reason },
        };
      }),
    };
  }
}
