import { Module, type DynamicModule } from '@nestjs/common';
import type { CompiledPolicy } from '@punctual/policy';
import type { PinnedPolicies } from '@punctual/service-kit';
import type { DataSource } from 'typeorm';
import { ClassifiedController } from './classified.controller.js';
import { ClockFolder } from './fold/clock-folder.js';
import { AttainmentController } from './api/attainment.controller.js';
import { ClocksController } from './api/clocks.controller.js';
import { DeskController } from './api/desk.controller.js';
import { EventsController, type EventStream } from './api/events.controller.js';
import { PolicyPreviewController, type PreviewReading } from './api/policy-preview.controller.js';
import { PolicyWalkController } from './api/policy-walk.controller.js';
import { QueueController } from './api/queue.controller.js';
import type { TicketReading } from './api/ticket-view.js';
import { TicketsController } from './api/tickets.controller.js';
import { WhatIfController } from './api/what-if.controller.js';
import { DATA_SOURCE, EVENT_STREAM, FOLDER, POLICIES, TICKET_READING, WHAT_IF } from './tokens.js';

export interface SlaClockParts {
  readonly dataSource: DataSource;
  readonly folder: ClockFolder;
  readonly policies: PinnedPolicies<CompiledPolicy>;
  readonly reading: TicketReading;
  readonly stream: EventStream;
  readonly whatIf: PreviewReading;
}

@Module({})
export class SlaClockModule {
  static over(parts: SlaClockParts): DynamicModule {
    return {
      module: SlaClockModule,
      controllers: [
        ClassifiedController,
        TicketsController,
        ClocksController,
        QueueController,
        AttainmentController,
        EventsController,
        WhatIfController,
        PolicyPreviewController,
        PolicyWalkController,
        DeskController,
      ],
      providers: [
        { provide: DATA_SOURCE, useValue: parts.dataSource },
        { provide: FOLDER, useValue: parts.folder },
        { provide: POLICIES, useValue: parts.policies },
        { provide: TICKET_READING, useValue: parts.reading },
        { provide: EVENT_STREAM, useValue: parts.stream },
        { provide: WHAT_IF, useValue: parts.whatIf },
      ],
    };
  }
}
