// Sizes, counts, rates and durations in words. One MB is 10^6 bytes, as disks and networks are sold.

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];

/** `0 bytes`, `1 byte`, `999 bytes`, `1.0 kB`, `12.3 MB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte');
  let amount = bytes;
  let unit = -1;
  // 999.95 would be shown as 1000.0.
  while (amount >= 999.95 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${amount.toFixed(1)} ${UNITS[Math.max(unit, 0)]}`;
}

/** `1 file`, `2,000 files`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `3 files, 1.2 MB`, and `at least` where a stream's length isn't known. */
export function offerInWords(offer: { files: number; bytes: number; unsized: boolean }): string {
  const files = counted(offer.files, 'file');
  if (!offer.unsized) return `${files}, ${sizeInWords(offer.bytes)}`;
  return offer.bytes === 0 ? `${files} of unknown size` : `${files}, at least ${sizeInWords(offer.bytes)}`;
}

/** `4 s`, `2 min 05 s`, `3 h 07 min`, `2 d 04 h`. */
export function durationInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  if (whole < 86_400)
    return `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${twoDigits(Math.floor((whole % 86_400) / 3600))} h`;
}

/** `2026-11-27 04:05 UTC`; of a time that no calendar has, since disks keep what is set on them, `at a time out of range`. */
export function timeInWords(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'at a time out of range';
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

/** `Moved 1.2 MB in 3.4 s, 360.2 kB/s on average.` */
export function movedInWords({ movedBytes, elapsedMs }: { movedBytes: number; elapsedMs: number }): string {
  const seconds = elapsedMs / 1000;
  const time = seconds < 10 ? `${seconds.toFixed(1)} s` : durationInWords(seconds);
  if (movedBytes === 0) return `It took ${time}.`;
  // A moment too short to be measured has no speed.
  const rate = elapsedMs < 100 ? '' : `, ${sizeInWords(Math.round(movedBytes / seconds))}/s on average`;
  return `Moved ${sizeInWords(movedBytes)} in ${time}${rate}.`;
}
