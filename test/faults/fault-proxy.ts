// A TCP proxy between an end and a relay that does to its connections what a script says. Sees message boundaries, and
// keeps what passed as it came.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Action, type Direction, type ScheduledFault, START, stepScript } from './fault-script.ts';
import { FrameReader, OPCODE } from './websocket-frames.ts';

export interface FaultProxyOptions {
  relayUrl: string;
  schedule?: readonly ScheduledFault[];
  /** For `splice`: another session's messages. */
  recorded?: readonly Uint8Array[];
  onFired?(fault: ScheduledFault): void;
  /** Whether connections after the first are turned away until `reset`: an end opens others on a busy machine, and content takes them. */
  isAlone?: boolean;
}

/** The binary messages of one connection, as they came. */
type Recording = Record<Direction, Uint8Array[]>;

export interface FaultProxy {
  readonly url: string;
  readonly recordings: readonly Recording[];
  /** The faults that came to pass. */
  readonly fired: readonly ScheduledFault[];
  /** When a message last passed or a connection ended, by `performance.now()`. Pings are no sign of progress. */
  readonly lastActiveMs: number;
  /** Ends every connection with RST. */
  reset(): void;
  /** The same, and takes no more. */
  close(): Promise<void>;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const target = new URL(options.relayUrl);
  const recordings: Recording[] = [];
  const fired: ScheduledFault[] = [];
  const sockets = new Set<Socket>();
  let lastActiveMs = performance.now();

  let isAlone = options.isAlone ?? false;
  const reset = () => {
    isAlone = false;
    for (const socket of sockets) socket.resetAndDestroy();
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (end) => {
    if (isAlone && recordings.length > 0) return end.on('error', () => {}).resetAndDestroy();
    const relay = connect({
      host: target.hostname,
      port: Number(target.port),
      allowHalfOpen: true,
      noDelay: true,
    });
    const recording: Recording = { up: [], down: [] };
    const connection = recordings.push(recording) - 1;
    for (const socket of [end, relay]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    passConnection({ end, relay }, options.recorded ?? [], {
      faultsOf: (direction) =>
        (options.schedule ?? []).filter(
          (fault) => fault.connection === connection && fault.direction === direction,
        ),
      saw(direction, message) {
        lastActiveMs = performance.now();
        if (message !== null) recording[direction].push(message);
      },
      fired(fault) {
        fired.push(fault);
        options.onFired?.(fault);
      },
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recordings,
    fired,
    get lastActiveMs() {
      return lastActiveMs;
    },
    reset,
    async close() {
      server.close();
      reset();
      await once(server, 'close');
    },
  };
}

interface Watcher {
  faultsOf(direction: Direction): ScheduledFault[];
  saw(direction: Direction, message: Uint8Array | null): void;
  fired(fault: ScheduledFault): void;
}

function passConnection(
  { end, relay }: { end: Socket; relay: Socket },
  recorded: readonly Uint8Array[],
  watcher: Watcher,
): void {
  /** `open` passes on, `over` has been ended by a fault, `frozen` swallows everything. */
  let state: 'open' | 'over' | 'frozen' = 'open';
  let isReset = false;
  const reset = () => {
    isReset = true;
    end.resetAndDestroy();
    relay.resetAndDestroy();
  };

  async function pass(direction: Direction, from: Socket, to: Socket): Promise<void> {
    const scheduled = watcher.faultsOf(direction);
    const script = { faults: new Map(scheduled.map(({ at, fault }) => [at, fault])), recorded };
    const reader = new FrameReader();
    let scriptState = START;
    let bytesPerSecond = Number.POSITIVE_INFINITY;

    const perform = async (action: Action) => {
      if (state !== 'open') return;
      switch (action.do) {
        case 'send':
          if (Number.isFinite(bytesPerSecond)) await delay((action.bytes.length / bytesPerSecond) * 1000);
          return written(to, action.bytes);
        case 'wait':
          await delay(action.ms);
          return;
        case 'throttle':
          bytesPerSecond = action.bytesPerSecond;
          return;
        case 'end':
          state = 'over';
          if (action.how === 'cut') return reset();
          end.end();
          relay.end();
          return;
        case 'freeze':
          state = 'frozen';
          if (!action.thenReset) return;
          end.once('close', reset).once('end', reset);
          relay.once('close', reset).once('end', reset);
      }
    };

    for await (const piece of from as AsyncIterable<Uint8Array>) {
      if (state !== 'open') continue;
      for (const found of reader.push(piece)) {
        if (found instanceof Uint8Array) {
          await written(to, found);
          continue;
        }
        if (found.opcode === OPCODE.binary && state === 'open') watcher.saw(direction, found.payload);
        const count = scriptState.count;
        const step = stepScript(scriptState, found, script);
        scriptState = step.state;
        for (const action of step.actions) await perform(action);
        if (step.fired !== null) watcher.fired(scheduled.find(({ at }) => at === count)!);
      }
    }
  }

  for (const [direction, from, to] of [
    ['up', end, relay],
    ['down', relay, end],
  ] as const) {
    from.on('error', () => {});
    pass(direction, from, to).then(
      () => {
        watcher.saw(direction, null);
        // A FIN: the other direction may still go on.
        if (state !== 'frozen') to.end();
      },
      () => {
        // A RST, or the proxy's own end.
        if (state === 'open' && !isReset) reset();
      },
    );
  }
}

/** Resolves when the system has the bytes, so that a slow reader slows the writer. */
function written(to: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (!to.writable) return resolve();
    to.once('close', resolve);
    to.write(bytes, () => {
      to.off('close', resolve);
      resolve();
    });
  });
}
