/** Provider tokens of what the SLA clock's module is given. */
export const DATA_SOURCE = Symbol('DataSource');
export const FOLDER = Symbol('ClockFolder');
export const POLICIES = Symbol('PinnedPolicies');
export const TICKET_READING = Symbol('TicketReading');
export const EVENT_STREAM = Symbol('EventStream');
export const WHAT_IF = Symbol('WhatIfReading');
