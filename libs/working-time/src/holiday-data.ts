import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('date-holidays/package.json') as { readonly version: string };

/** The version of the data that holidays of countries come from here. */
export const HOLIDAY_DATA_VERSION: string = version;
