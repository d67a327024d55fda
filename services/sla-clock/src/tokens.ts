/** Provider tokens of what the SLA clock's module is given. */
export const DATA_SOURCE = Symbol('DataSource');
export const FOLDER = Symbol('ClockFolder');
export const POLICIES = Symbol('PinnedPolicies');
export const PARTITION_TIMES = Symbol('PartitionTimes');
export const EVENT_TAIL = Symbol('EventTail');
