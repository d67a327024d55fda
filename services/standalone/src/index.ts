export { sampleWeek, type SampleOptions, type SampleWeek } from './sample/sample-week.js';
export { trickle, type TrickleOptions } from './sample/trickle.js';
export { companies } from './sample/companies.js';
export type { Company } from './sample/company.js';
