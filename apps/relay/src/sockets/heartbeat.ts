// Pings one connection and ends it when it is dead: a half-open socket would hold its seat for hours otherwise.
import type { Clock } from '../clock.ts';

export interface Heartbeat {
  /** A pong, a message, or bytes that the connection has taken. */
  sawLife(): void;
  stop(): void;
}

export interface Patient {
  ping(): void;
  terminate(): void;
  /** Whether the relay itself has stopped reading, so that no pong could arrive. */
  readonly isPaused: boolean;
}

/** Ends the patient after two intervals without a sign of life. */
export function startHeartbeat(patient: Patient, intervalMs: number, clock: Clock): Heartbeat {
  let silentIntervals = 0;
  let cancel = clock.after(intervalMs, beat);

  function beat(): void {
    if (patient.isPaused) silentIntervals = 0;
    if (silentIntervals >= 2) {
      patient.terminate();
      return;
    }
    silentIntervals += 1;
    patient.ping();
    cancel = clock.after(intervalMs, beat);
  }

  return {
    sawLife() {
      silentIntervals = 0;
    },
    stop() {
      cancel();
    },
  };
}
