// Stands in for the worker: tells what it was asked for, and reports what a test says.

import type { EngineClient } from '../../src/client/engine-client.ts';
import type {
  ReceiveCommand,
  ReceiveReport,
  ReceiveWire,
  SendCommand,
  SendReport,
  SendWire,
} from '../../src/contract/messages.ts';

export class FakeEngine {
  wire: SendWire | ReceiveWire | null = null;
  readonly told: (SendCommand | ReceiveCommand)[] = [];
  isClosed = false;
  report: (report: SendReport | ReceiveReport) => void = () => {};

  /** As the sessions take it. */
  get client(): EngineClient {
    return this as unknown as EngineClient;
  }

  send(wire: SendWire, onReport: (report: SendReport) => void) {
    return this.#start(wire, onReport);
  }

  receive(wire: ReceiveWire, onReport: (report: ReceiveReport) => void) {
    return this.#start(wire, onReport);
  }

  #start<Report>(wire: SendWire | ReceiveWire, onReport: (report: Report) => void) {
    this.wire = wire;
    this.report = (report) => onReport(report as Report);
    return {
      tell: (command: SendCommand | ReceiveCommand) => {
        this.told.push(command);
      },
      close: () => {
        this.isClosed = true;
      },
    };
  }
}
