// A computer whose time of day is a year ahead.
const YEAR_MS = 365 * 24 * 3_600_000;
const { now } = Date;
Date.now = () => now() + YEAR_MS;
