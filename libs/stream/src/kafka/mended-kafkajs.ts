import kafkajs from 'kafkajs';
import { quickenKafkajs } from './quicken-kafkajs.js';
import { quietKafkajs } from './quiet-kafkajs.js';

// Before the first client is made: whoever makes one takes kafkajs from here.
quietKafkajs();
quickenKafkajs();

/** kafkajs, put right (docs/adr/0005). */
export { kafkajs };
