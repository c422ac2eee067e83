// Where the process starts: streams, signals and the exit code.
import { tuneHeap } from './memory/tune-heap.ts';
import { runCommandLine, runsRelay } from './program.ts';
import { EXIT } from './terminal/exit-codes.ts';
import { faultInWords } from './terminal/fault-in-words.ts';
import { Terminal } from './terminal/terminal.ts';

tuneHeap();
const { stdin, stdout, stderr } = process;
// Whoever reads these may leave at any time; only what --stdout writes must notice, and it does.
for (const stream of [stdout, stderr]) stream.on('error', () => {});
const controller = new AbortController();
const terminal = new Terminal({ stdin, stdout, stderr }, interrupt);
// A bug of ours. Node would print what its message quotes as it is.
process.on('uncaughtException', (error: Error) => {
  terminal.say(faultInWords(error));
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
const args = process.argv.slice(2);
// A relay outlives its terminal, and reads its settings again once it runs.
let hangUp = runsRelay(args) ? () => {} : interrupt;
process.on('SIGHUP', () => hangUp());

const exitCode = await runCommandLine(args, {
  terminal,
  stdin,
  stdout,
  signal: controller.signal,
  onHangUp: (action) => {
    hangUp = action;
  },
});
// Not when the last handle closes: standard input may stay open for ever, and a relay's answer to a close may be late.
stdout.write('', () => process.exit(exitCode));

function interrupt(): void {
  // The first time the other side is told; who asks twice does not want to wait for that.
  if (controller.signal.aborted) process.exit(EXIT.interrupted);
  controller.abort();
}
