// Where the process starts: streams, signals and the exit code.
import { nodeClock } from '../node/time/clock.ts';
import { tuneHeap } from './memory/tune-heap.ts';
import { runCommandLine, runsRelay } from './program.ts';
import { EXIT } from './terminal/exit-codes.ts';
import { faultInWords } from './terminal/fault-in-words.ts';
import { Stopping } from './terminal/stopping.ts';
import { Terminal } from './terminal/terminal.ts';

tuneHeap();
const { stdin, stdout, stderr } = process;
// Whoever reads these may leave at any time, and a terminal that is closed fails all three; only what --stdout writes must
// notice, and it does.
for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});
const stopping = new Stopping(nodeClock, (code) => process.exit(code));
const args = process.argv.slice(2);
// A relay outlives its terminal, and reads its settings again once it runs.
let hangUp = runsRelay(args) ? () => {} : () => stopping.end('SIGHUP');
const terminal = new Terminal(
  { stdin, stdout, stderr },
  () => stopping.interrupt(),
  () => hangUp(),
);
// A bug of ours. Node would print what its message quotes as it is.
process.on('uncaughtException', (error: Error) => {
  terminal.say(faultInWords(error));
  process.exit(1);
});
process.on('SIGINT', () => stopping.interrupt());
process.on('SIGTERM', () => stopping.end('SIGTERM'));
process.on('SIGHUP', () => hangUp());

const exitCode = await runCommandLine(args, {
  terminal,
  stdin,
  stdout,
  signal: stopping.signal,
  stopping,
  onHangUp: (action) => {
    hangUp = action;
  },
});
// Not when the last handle closes: standard input may stay open for ever, and a relay's answer to a close may be late.
stdout.write('', () => process.exit(exitCode === EXIT.interrupted ? stopping.exitCode : exitCode));
