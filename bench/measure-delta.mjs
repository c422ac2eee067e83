// What lies at the receiver need not be sent: the time and CPU of that, as a share of sending the whole file. Both are run in turn,
// and the least of each counts: what else runs on a machine makes a run longer, never shorter.
import { rmSync } from 'node:fs';
import { CASES } from './bench-cases.mjs';
import { digestTree } from './make-input.mjs';
import { cpuSeconds, table, writeResults } from './present-results.mjs';
import { runTransfer } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';

const WHOLE = 'random';
const PARTIAL = ['half', 'half-part', 'half-other', 'identical'];
/** Of the time of sending it whole, with half of it under its final name. */
const MOST_OF_WHOLE = { half: 0.65 };

/** Prints and writes the least seconds and CPU seconds of each case in `runs` rounds. */
export async function measureDelta({ runs, quick }) {
  const cases = [WHOLE, ...PARTIAL].map((name) => CASES.find((one) => one.name === name));
  const sizeBytes = cases[0].bytes(quick);
  const scratch = makeScratchFolder(3 * sizeBytes);
  const source = cases[0].make(scratch, sizeBytes);
  const digest = digestTree(source);
  const results = cases.map(({ name, title }) => ({ name, title: title(quick), runs: [] }));
  for (let round = 1; round <= runs; round += 1) {
    for (const [i, { seed }] of cases.entries()) {
      const seedOut = seed === undefined ? undefined : (out) => seed(out, source, sizeBytes);
      const { out, folder, ...measured } = await runTransfer(source, scratch, { seed: seedOut });
      if (digestTree(out) !== digest) throw new Error('what arrived is not what was sent');
      rmSync(folder, { recursive: true });
      results[i].runs.push(measured);
      process.stdout.write(`${results[i].title}, run ${round}: ${measured.seconds.toFixed(2)} s\n`);
    }
  }
  const [whole] = results;
  const header = ['case', 's', 'of the whole', 'should be', 'met', 'CPU s', 'of the whole', 'CPU s s/r/r'];
  const rows = results.map((result) => {
    const ofWhole = leastSeconds(result) / leastSeconds(whole);
    const most = MOST_OF_WHOLE[result.name];
    return [
      result.title,
      leastSeconds(result).toFixed(2),
      ofWhole.toFixed(2),
      most === undefined ? '' : `≤ ${most}`,
      most === undefined ? '' : ofWhole <= most ? 'yes' : 'NO',
      cpuOf(cheapest(result)).toFixed(2),
      (cpuOf(cheapest(result)) / cpuOf(cheapest(whole))).toFixed(2),
      cpuSeconds(cheapest(result)),
    ];
  });
  process.stdout.write(
    `\n${table(header, rows)}\n\nWritten to ${writeResults('delta', { scratch, results })}\n`,
  );
}

function leastSeconds({ runs }) {
  return Math.min(...runs.map(({ seconds }) => seconds));
}

function cheapest({ runs }) {
  return runs.reduce((least, run) => (cpuOf(run) < cpuOf(least) ? run : least));
}

function cpuOf({ sender, relay, receiver }) {
  return sender.cpuSeconds + relay.cpuSeconds + receiver.cpuSeconds;
}
