import { Module, type DynamicModule } from '@nestjs/common';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import type { DataSource } from 'typeorm';
import { ClassifiedController } from './classified.controller.js';
import { ClockFolder } from './fold/clock-folder.js';
import { DATA_SOURCE, FOLDER, POLICIES } from './tokens.js';

export interface SlaClockParts {
  readonly dataSource: DataSource;
  readonly folder: ClockFolder;
  readonly policies: PinnedPolicies<CompiledPolicy>;
}

@Module({})
export class SlaClockModule {
  static over(parts: SlaClockParts): DynamicModule {
    return {
      module: SlaClockModule,
      controllers: [ClassifiedController],
      providers: [
        { provide: DATA_SOURCE, useValue: parts.dataSource },
        { provide: FOLDER, useValue: parts.folder },
        { provide: POLICIES, useValue: parts.policies },
      ],
    };
  }
}
