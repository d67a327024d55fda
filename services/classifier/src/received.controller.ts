import { Controller, Inject } from '@nestjs/common';
import { topics } from '@punctual/contracts';
import { OnTopic, type RecordBatch, type UnitOfWork } from '@punctual/stream';
import { ClassifierFolder } from './classifier-folder.js';
import { FOLDER } from './tokens.js';

/** Where `tickets.received` comes in. */
@Controller()
export class ReceivedController {
  constructor(@Inject(FOLDER) private readonly folder: ClassifierFolder) {}

  @OnTopic(topics.received)
  async onReceived(batch: RecordBatch, unit: UnitOfWork): Promise<void> {
    await this.folder.fold(batch, unit);
  }
}
