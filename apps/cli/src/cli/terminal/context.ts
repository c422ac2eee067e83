// What every command gets.
import type { Stopping } from './stopping.ts';
import type { Terminal } from './terminal.ts';

export interface Context {
  terminal: Terminal;
  /** The process's own streams, for content. */
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  /** That of `stopping`. */
  signal: AbortSignal;
  /** How the process is stopped. */
  stopping: Stopping;
  /** Sets what SIGHUP does: until then it ends a transfer's process, and does nothing to a relay. */
  onHangUp(action: () => void): void;
}

/** Takes the exit code of a command that ran. */
export type Finish = (exitCode: number) => void;
