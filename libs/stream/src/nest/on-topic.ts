import { UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { RecordBatch, UnitOfWork } from '../event-log.js';
import { HandlerErrorFilter } from './handler-error-filter.js';

type BatchMethod = (batch: RecordBatch, unit: UnitOfWork) => Promise<void>;

/**
 * Declares a controller's method as the handler of a topic: `@EventPattern(topic)` with `@Payload() batch` and `@Ctx() unit`, and with
 * the filter that lets the processor see what the method throws. `transport` picks one of several strategies of an application.
 */
export function OnTopic(topic: string, transport?: symbol) {
  return (target: object, method: string | symbol, descriptor: TypedPropertyDescriptor<BatchMethod>): void => {
    Payload()(target, method, 0);
    Ctx()(target, method, 1);
    UseFilters(HandlerErrorFilter)(target, method, descriptor);
    EventPattern<string>(topic, transport)(target, method, descriptor);
  };
}
