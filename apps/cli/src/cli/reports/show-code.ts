// The code as a person passes it on: to say, to click, to scan.
import { renderUnicodeCompact } from 'uqr';
import { quoted } from '../../wording/show-text.ts';

export interface ShowOptions {
  /** Colors fix light and dark, which a scanner needs on a light terminal. */
  colors: boolean;
}

/** A QR code, in half-height blocks: white is drawn, black is left out. */
export function qrCode(text: string, { colors }: ShowOptions): string {
  const drawn = renderUnicodeCompact(text, { border: 2 });
  if (!colors) return drawn;
  return drawn
    .split('\n')
    .map((line) => `\u001b[97;40m${line}\u001b[0m`)
    .join('\n');
}

/** Columns of that picture. */
export function qrColumns(text: string): number {
  return renderUnicodeCompact(text, { border: 2 }).indexOf('\n');
}

/** `“copy.example.org”`. */
export function relayInWords(relay: string): string {
  return quoted(new URL(relay).host);
}
