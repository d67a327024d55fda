export { spawnBound, type BoundProcessOptions } from './bound-process.js';
export { containerEngineAnswers } from './container-engine.js';
export { startContainerKafka } from './container-kafka.js';
export { freePort } from './free-port.js';
export { whyNoLocalKafka } from './kafka-jars.js';
export { startLocalKafka, type LocalKafka, type LocalKafkaOptions } from './local-kafka.js';
export type { KafkaLogin, SecuredAddresses } from './secured-listeners.js';
