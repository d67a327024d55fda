import { ClockEntity } from './clock.entity.js';
import { ClockCountEntity } from './clock-count.entity.js';
import { DeskEntity } from './desk.entity.js';
import { DeskHourEntity } from './desk-hour.entity.js';
import { ForgottenTicketEntity } from './forgotten.entity.js';
import { IncompleteEntity } from './incomplete.entity.js';
import { PartitionTimeEntity } from './partition-time.entity.js';
import { PolicyWalkEntity } from './policy-walk.entity.js';
import { PublishedMonthEntity } from './published-month.entity.js';
import { QueueEntity } from './queue.entity.js';
import { ShareAlarmEntity } from './share-alarm.entity.js';
import { SlaEventEntity } from './sla-event.entity.js';
import { SlaTotalEntity } from './sla-total.entity.js';
import { SurgeEntity } from './surge.entity.js';
import { TicketEntity } from './ticket.entity.js';
import { TicketEventEntity } from './ticket-event.entity.js';
import { TicketLinkEntity } from './ticket-link.entity.js';
import { TimerEntity } from './timer.entity.js';

/** The service's tables, as the migrations leave them. */
export const slaClockEntities = [
  TicketEntity,
  TimerEntity,
  TicketEventEntity,
  ClockEntity,
  ClockCountEntity,
  SlaEventEntity,
  PartitionTimeEntity,
  SlaTotalEntity,
  PublishedMonthEntity,
  IncompleteEntity,
  ForgottenTicketEntity,
  PolicyWalkEntity,
  SurgeEntity,
  DeskEntity,
  DeskHourEntity,
  ShareAlarmEntity,
  QueueEntity,
  TicketLinkEntity,
] as const;
