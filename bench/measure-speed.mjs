// Speed and cost of a transfer: each case several times, with a bare pipe and one core's ciphers in the same run.
import { rmSync } from 'node:fs';
import { CASES } from './bench-cases.mjs';
import { digestTree } from './make-input.mjs';
import { cpuPerGib, medianRun, peakRss, rate, table, writeResults } from './present-results.mjs';
import { runCeilings, runWsPipe } from './run-baselines.mjs';
import { runTransfer } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';

/** Ways to send a case: what the table says behind its name, and the options of the classic wire. */
const VERSION_2 = [{ way: '', classic: null }];
const CLASSIC = [
  { way: ', classic', classic: [] },
  { way: ', classic encrypted', classic: ['--encrypt'] },
];

/** Measures each case, or the one called `only`, and prints and writes the results. */
export async function measureSpeed({ runs, quick, only, classic }) {
  const cases = CASES.filter(({ name }) => only === undefined || only === name);
  if (cases.length === 0) throw new Error(`no case is called ${only}`);

  const largest = Math.max(...cases.map(({ bytes }) => bytes(quick)));
  const scratch = makeScratchFolder(2 * largest);
  process.stdout.write(
    `Files in ${scratch}; ${runs} run${runs === 1 ? '' : 's'} of each, the median counts.\n`,
  );

  const ceilings = await runCeilings(quick ? 128e6 : 512e6);
  const pipeBytes = quick ? 2 ** 28 : 2 ** 30;
  const pipe = { title: `bare ws pipe, ${pipeBytes / 2 ** 20} MiB`, bytes: pipeBytes };
  pipe.runs = await repeat(pipe.title, runs, () => runWsPipe(pipeBytes, scratch));
  pipe.median = medianRun(pipe.runs);
  pipe.megabytesPerSecond = rate(pipeBytes, pipe.median.seconds);

  const results = [];
  for (const { name, title, bytes, make } of cases) {
    const sizeBytes = bytes(quick);
    const source = make(scratch, sizeBytes);
    for (const { way, classic: options } of classic ? CLASSIC : VERSION_2) {
      const named = `${title(quick)}${way}`;
      const done = await repeat(named, runs, () => transferOnce(source, scratch, options));
      const median = medianRun(done);
      const megabytesPerSecond = rate(sizeBytes, median.seconds);
      const ofBarePipe = megabytesPerSecond / pipe.megabytesPerSecond;
      results.push({
        name,
        title: named,
        bytes: sizeBytes,
        megabytesPerSecond,
        ofBarePipe,
        median,
        runs: done,
      });
    }
    rmSync(source, { recursive: true });
  }
  await show({ scratch, ceilings, pipe, results });
}

/** One transfer; what arrived is compared with what was sent once the time has been taken. */
async function transferOnce(source, scratch, classic) {
  const { out, folder, ...measured } = await runTransfer(source, scratch, classic);
  if (digestTree(out) !== digestTree(source)) throw new Error('what arrived is not what was sent');
  rmSync(folder, { recursive: true });
  return measured;
}

async function repeat(title, runs, once) {
  const done = [];
  for (let i = 1; i <= runs; i++) {
    const measured = await once();
    process.stdout.write(`${title}, run ${i}: ${measured.seconds.toFixed(2)} s\n`);
    done.push(measured);
  }
  return done;
}

async function show({ scratch, ceilings, pipe, results }) {
  const header = ['case', 's', 'MB/s', 'MB/s moving', 'of bare pipe', 'CPU s/GiB s/r/r', 'peak RSS MB s/r/r'];
  const row = ({ title, bytes, megabytesPerSecond, median, ofBarePipe }) => [
    title,
    median.seconds.toFixed(2),
    megabytesPerSecond.toFixed(0),
    median.movingSeconds === undefined ? '' : rate(bytes, median.movingSeconds).toFixed(0),
    ofBarePipe === undefined ? '' : `${(100 * ofBarePipe).toFixed(0)} %`,
    cpuPerGib(median, bytes),
    peakRss(median),
  ];
  process.stdout.write(`\n${table(header, [pipe, ...results].map(row))}\n`);
  process.stdout.write(
    '\ns: from the launch of the receiver to the exit of both ends. Moving: from the offer to the end.\n' +
      's/r/r: sender / relay / receiver.\n\n',
  );
  const rates = Object.entries(ceilings).map(([name, value]) => [name, value.toFixed(0)]);
  process.stdout.write(`${table(['one core, 256 KiB', 'MB/s'], rates)}\n`);
  process.stdout.write(`\nWritten to ${writeResults('speed', { scratch, ceilings, pipe, results })}\n`);
}
