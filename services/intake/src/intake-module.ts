import { Module, type DynamicModule } from '@nestjs/common';
import { POLICY_VERSIONS, type PolicyVersions } from '@punctual/service-kit';
import { EventPublisher } from './event-publisher.js';
import { EventsController } from './events-controller.js';
import type { IntakeConfig } from './intake-config.js';
import { PoliciesController } from './policies-controller.js';
import { PolicyPublisher } from './policy-publisher.js';
import { Sources } from './sources.js';
import { SourcesController } from './sources-controller.js';
import { SurgeAnnouncer } from './surge-announcer.js';
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
  readonly surges: SurgeAnnouncer;
  readonly ticker: WatermarkTicker;
}

/** Intake's HTTP side over its parts. */
@Module({})
export class IntakeModule {
  static over(parts: IntakeParts): DynamicModule {
    return {
      module: IntakeModule,
      controllers: [EventsController, SourcesController, PoliciesController, SurgesController],
      providers: [
        { provide: INTAKE_CONFIG, useValue: parts.config },
        { provide: Sources, useValue: parts.sources },
        { provide: POLICY_VERSIONS, useValue: parts.versions },
        { provide: EventPublisher, useValue: parts.events },
        { provide: PolicyPublisher, useValue: parts.policies },
        { provide: SurgeAnnouncer, useValue: parts.surges },
        { provide: WatermarkTicker, useValue: parts.ticker },
      ],
    };
  }
}
