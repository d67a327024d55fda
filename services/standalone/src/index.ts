export { sampleWeek, type SampleOptions, type SampleWeek } from './sample/sample-week.js';
export { trickle, type TrickleOptions } from './sample/trickle.js';
export { companies } from './sample/companies.js';
export type { Company } from './sample/company.js';
export { startEmbeddedServer, type EmbeddedServer } from './postgres/embedded-server.js';
export { startServiceProcess, type ServiceProcess } from './processes/service-process.js';
export type { ServiceName } from './running-services.js';
