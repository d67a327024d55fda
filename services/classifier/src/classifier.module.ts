import { Module, type DynamicModule } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ClassificationController } from './classification.controller.js';
import { ClassifierFolder } from './classifier-folder.js';
import { ReceivedController } from './received.controller.js';
import { DATA_SOURCE, FOLDER } from './tokens.js';

@Module({})
export class ClassifierModule {
  static over(parts: { readonly dataSource: DataSource; readonly folder: ClassifierFolder }): DynamicModule {
    return {
      module: ClassifierModule,
      controllers: [ReceivedController, ClassificationController],
      providers: [
        { provide: DATA_SOURCE, useValue: parts.dataSource },
        { provide: FOLDER, useValue: parts.folder },
      ],
    };
  }
}
