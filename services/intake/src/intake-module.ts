import { Module, type DynamicModule } from '@nestjs/common';
import { POLICY_VERSIONS, Staffing, type PolicyVersions } from '@punctual/service-kit';
import { DeskAnnouncer } from './desk-announcer.js';
import { EventPublisher } from './event-publisher.js';
import { EventsController } from './events-controller.js';
import type { IntakeConfig } from './intake-config.js';
import { PoliciesController } from './policies-controller.js';
import { PolicyPublisher } from './policy-publisher.js';
import { Sources } from './sources.js';
import { SourcesController } from './sources-controller.js';
import { StaffingController } from './staffing-controller.js';
import { SurgesController } from './surges-controller.js';
import { INTAKE_CONFIG } from './tokens.js';
import { WatermarkTicker } from './watermark-ticker.js';

/** The parts that `createIntake` has put together. */
export interface IntakeParts {
  readonly config: IntakeConfig;
  readonly sources: Sources;
  readonly versions: PolicyVersions;
  readonly events: EventPublisher;
  readonly policies: PolicyPublisher;
  readonly desks: DeskAnnouncer;
  readonly staffing: Staffing;
  readonly ticker: WatermarkTicker;
}

/** Intake's HTTP side over its parts. */
@Module({})
export class IntakeModule {
  static over(parts: IntakeParts): DynamicModule {
    return {
      module: IntakeModule,
      controllers: [EventsController, SourcesController, PoliciesController, SurgesController, StaffingController],
      providers: [
        { provide: INTAKE_CONFIG, useValue: parts.config },
        { provide: Sources, useValue: parts.sources },
        { provide: POLICY_VERSIONS, useValue: parts.versions },
        { provide: EventPublisher, useValue: parts.events },
        { provide: PolicyPublisher, useValue: parts.policies },
        { provide: DeskAnnouncer, useValue: parts.desks },
        { provide: Staffing, useValue: parts.staffing },
        { provide: WatermarkTicker, useValue: parts.ticker },
      ],
    };
  }
}
