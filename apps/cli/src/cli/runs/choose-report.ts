// Which report a transfer gets: for a person, for a program (`--json`), or of what cannot go unsaid (`--quiet`).
import { ReceiverReport, type ReceiverReportOptions } from '../reports/receiver-report.ts';
import type { Report } from '../reports/report.ts';
import { JsonReport } from '../reports/scripts/json-report.ts';
import { QuietReport } from '../reports/scripts/quiet-report.ts';
import { SenderReport, type SenderReportOptions } from '../reports/sender-report.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The options of the commands by those names. */
export interface ReportChoice {
  json?: boolean;
  quiet?: boolean;
  /** A sender's QR code; undefined: where standard error is a terminal. */
  qr?: boolean;
  /** Whether a sender's code is copied to the clipboard. */
  copy?: boolean;
  /** Fields of every JSON line. */
  label?: object;
}

export function chooseSenderReport(
  terminal: Terminal,
  relay: string,
  { json, quiet, qr, copy, label }: ReportChoice,
  options: SenderReportOptions,
): Report {
  if (json) return new JsonReport(terminal, label);
  const shown = { ...(qr !== undefined && { qr }), ...(copy && { copies: true }) };
  return quiet
    ? new QuietReport(terminal, 'send', shown)
    : new SenderReport(terminal, relay, { ...options, ...shown });
}

export function chooseReceiverReport(
  terminal: Terminal,
  { json, quiet, label }: ReportChoice,
  options: ReceiverReportOptions,
): Report {
  if (json) return new JsonReport(terminal, label);
  return quiet ? new QuietReport(terminal, 'receive') : new ReceiverReport(terminal, options);
}
