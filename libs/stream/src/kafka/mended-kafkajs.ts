import kafkajs from 'kafkajs';
import { hideAbortedRecords } from './aborted-records.js';
import { quickenKafkajs } from './quicken-kafkajs.js';
import { quietKafkajs } from './quiet-kafkajs.js';
import { resumeAtOnce } from './resume-at-once.js';

// Before the first client is made: whoever makes one takes kafkajs from here.
quietKafkajs();
quickenKafkajs();
hideAbortedRecords();
resumeAtOnce();

/** kafkajs, put right (docs/adr/0005). */
export { kafkajs };
