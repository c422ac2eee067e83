// Speed and cost of a transfer: each case several times, with bare pipes and one core's ciphers in the same run.
import { rmSync } from 'node:fs';
import { CASES } from './bench-cases.mjs';
import { digestTree } from './make-input.mjs';
import { measureFirstCode } from './measure-first-code.mjs';
import { measurePairs, measureWaiting } from './measure-relay.mjs';
import { cpuSeconds, medianRun, peakRss, rate, table, writeResults } from './present-results.mjs';
import { runCeilings, runTcpPipe, runWsPipe } from './run-baselines.mjs';
import { runTransfer } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';
import { targetRows } from './targets.mjs';

/** Ways to send a case: what the table says behind its name, and the options of the classic wire. */
const VERSION_2 = [{ way: '', classic: null }];
const CLASSIC = [
  { way: ', classic', classic: [] },
  { way: ', classic encrypted', classic: ['--encrypt'] },
];
const PAIRS = 50;
/** With the pair that joins them, as many as a relay lets wait. */
const WAITING = 9_990;

/** Measures each case, or the one called `only`, and prints and writes the results. */
export async function measureSpeed({ runs, quick, only, classic }) {
  const cases = CASES.filter(({ name }) => only === undefined || only === name);
  if (cases.length === 0) throw new Error(`no case is called ${only}`);

  const largest = Math.max(...cases.map(({ bytes }) => bytes(quick)));
  const scratch = makeScratchFolder(3 * largest);
  process.stdout.write(
    `Files in ${scratch}; ${runs} run${runs === 1 ? '' : 's'} of each, the median counts.\n`,
  );

  const ceilings = await runCeilings(quick ? 128e6 : 512e6);
  const pipeBytes = quick ? 2 ** 28 : 2 ** 30;
  const pipe = (name, run) => measure({ title: `bare ${name} pipe`, bytes: pipeBytes }, runs, run);
  const tcp = await pipe('TCP', () => runTcpPipe(pipeBytes, scratch));
  const ws = await pipe('ws', () => runWsPipe(pipeBytes, scratch));

  const results = [];
  for (const { name, title, bytes, make, seed } of cases) {
    if (classic && seed !== undefined) continue;
    const sizeBytes = bytes(quick);
    const source = make(scratch, sizeBytes);
    for (const { way, classic: options } of classic ? CLASSIC : VERSION_2) {
      const what = { name, title: `${title(quick)}${way}`, bytes: sizeBytes };
      const seedOut = seed === undefined ? undefined : (out) => seed(out, source, sizeBytes);
      const once = () => transferOnce(source, scratch, { classic: options, seed: seedOut });
      results.push(await measure(what, runs, once));
    }
    rmSync(source, { recursive: true });
  }
  const others = only === undefined && !classic ? await measureOthers(quick, scratch) : null;
  show({ scratch, ceilings, tcp, ws, results, others });
}

/** One transfer; what arrived is compared with what was sent once the time has been taken. */
async function transferOnce(source, scratch, options) {
  const { out, folder, ...measured } = await runTransfer(source, scratch, options);
  if (digestTree(out) !== digestTree(source)) throw new Error('what arrived is not what was sent');
  rmSync(folder, { recursive: true });
  return measured;
}

async function measure(what, runs, once) {
  const done = [];
  for (let i = 1; i <= runs; i++) {
    const measured = await once();
    process.stdout.write(`${what.title}, run ${i}: ${measured.seconds.toFixed(2)} s\n`);
    done.push(measured);
  }
  const median = medianRun(done);
  return { ...what, megabytesPerSecond: rate(what.bytes, median.seconds), median, runs: done };
}

/** What isn't the speed of one transfer. */
async function measureOthers(quick, scratch) {
  const firstCode = await measureFirstCode({ files: quick ? 20_000 : 100_000, runs: 3, scratch });
  const waiting = await measureWaiting({ waiting: quick ? 2_000 : WAITING, scratch });
  const pairs = await measurePairs({ pairs: PAIRS, bytes: quick ? 2 ** 28 : 2 ** 30, scratch });
  return { firstCode, waiting, pairs };
}

function show({ scratch, ceilings, tcp, ws, results, others }) {
  const header = ['case', 's', 'MB/s', 'MB/s moving', 'of bare ws pipe', 'CPU s s/r/r', 'peak RSS MB s/r/r'];
  const row = ({ title, bytes, megabytesPerSecond, median }) => [
    title,
    median.seconds.toFixed(2),
    megabytesPerSecond.toFixed(0),
    median.movingSeconds === undefined ? '' : rate(bytes, median.movingSeconds).toFixed(0),
    `${((100 * megabytesPerSecond) / ws.megabytesPerSecond).toFixed(0)} %`,
    cpuSeconds(median),
    peakRss(median),
  ];
  process.stdout.write(`\n${table(header, [tcp, ws, ...results].map(row))}\n`);
  process.stdout.write(
    '\ns: from the launch of the receiver to the exit of both ends. Moving: from the offer to the end.\n' +
      's/r/r: sender / relay / receiver.\n\n',
  );
  const rates = Object.entries(ceilings).map(([name, value]) => [name, value.toFixed(0)]);
  process.stdout.write(`${table(['one core, 256 KiB', 'MB/CPU s'], rates)}\n`);
  if (others !== null) {
    const byName = Object.fromEntries(results.map((result) => [result.name, result]));
    const rows = targetRows({ ceilings, ws, results: byName, ...others });
    process.stdout.write(`\n${table(['target', 'measured', 'should be', 'met'], rows)}\n`);
  }
  const written = writeResults('speed', { scratch, ceilings, tcp, ws, results, ...others });
  process.stdout.write(`\nWritten to ${written}\n`);
}
