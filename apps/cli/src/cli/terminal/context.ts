// What every command gets.
import type { Terminal } from './terminal.ts';

export interface Context {
  terminal: Terminal;
  /** The process's own streams, for content. */
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal;
  /** Sets what SIGHUP does: until then it stops a transfer as Ctrl-C does, and nothing to a relay. */
  onHangUp(action: () => void): void;
}

/** Takes the exit code of a command that ran. */
export type Finish = (exitCode: number) => void;
