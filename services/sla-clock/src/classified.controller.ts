import { Controller, Inject } from '@nestjs/common';
import { topics } from '@punctual/contracts';
import { OnTopic, type RecordBatch, type UnitOfWork } from '@punctual/stream';
import { ClockFolder } from './fold/clock-folder.js';
import { FOLDER } from './tokens.js';

/** Where `tickets.classified` comes in. */
@Controller()
export class ClassifiedController {
  constructor(@Inject(FOLDER) private readonly folder: ClockFolder) {}

  @OnTopic(topics.classified)
  async onClassified(batch: RecordBatch, unit: UnitOfWork): Promise<void> {
    await this.folder.fold(batch, unit);
  }
}
