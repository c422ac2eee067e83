// Moments as a person reads them on the clock of this device.

/** Below this a moment is told with its seconds. */
const SOON_MS = 120_000;

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `14:32`; `14:32:07` where it is less than two minutes away; `14:32 on Saturday, 28 November` where it isn't today. */
export function timeInWords(ms: number, nowMs = Date.now()): string {
  const [moment, now] = [new Date(ms), new Date(nowMs)];
  const parts = [moment.getHours(), moment.getMinutes()];
  if (Math.abs(ms - nowMs) < SOON_MS) parts.push(moment.getSeconds());
  const time = parts.map((part) => String(part).padStart(2, '0')).join(':');
  if (moment.toDateString() === now.toDateString()) return time;
  return `${time} on ${DAYS[moment.getDay()]}, ${moment.getDate()} ${MONTHS[moment.getMonth()]}`;
}
