import dateHolidays from 'date-holidays/package.json' with { type: 'json' };

/** The version of the data that holidays of countries come from here. */
export const HOLIDAY_DATA_VERSION: string = dateHolidays.version;
