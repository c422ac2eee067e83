// What was measured beside what it should be. Ratios within one run and CPU seconds: machines differ, and are noisy.
const GIB = 2 ** 30;

/**
 * Rows of text: what, measured, target, verdict.
 * @param measured `{ ceilings, ws, results, firstCode, waiting, pairs }`, results by the name of their case
 */
export function targetRows({ ceilings, ws, results, firstCode, waiting, pairs }) {
  const { empty, random, half, identical, 'small-files': small } = results;
  const perGib = (seconds) => (seconds * GIB) / random.bytes;
  const floor = floorCpuSeconds(ceilings, ws, random.bytes);
  const hashing = random.bytes / 1e6 / ceilings['SHA-256, node:crypto'];
  return [
    atLeast(
      'incompressible: rate, of the bare ws pipe',
      random.megabytesPerSecond / ws.megabytesPerSecond,
      0.6,
    ),
    atMost('incompressible: CPU s per GiB, all three', perGib(cpu(random)), 3.6),
    known('… beyond what an empty transfer costs', perGib(cpu(random) - cpu(empty))),
    known('… bare ws pipe, SHA-256 and AES-GCM at both ends', perGib(floor)),
    atMost('… relay alone', perGib(random.median.relay.cpuSeconds), 0.6),
    known(
      '… relay alone, beyond an empty transfer',
      perGib(random.median.relay.cpuSeconds - empty.median.relay.cpuSeconds),
    ),
    known('… relay of the bare ws pipe', perGib(ws.median.relay.cpuSeconds)),
    atMost(`${small.title}: s more than an empty transfer`, small.median.seconds - empty.median.seconds, 1),
    atMost(`${small.title}: CPU s, all three`, cpu(small), 2.5),
    atLeast(
      'half there: rate, of sending it whole',
      half.megabytesPerSecond / random.megabytesPerSecond,
      1 / 0.65,
    ),
    known('all there: s more than an empty transfer', identical.median.seconds - empty.median.seconds),
    known('… hashing it takes one core', hashing),
    atMost(`s to the code, ${firstCode.files} files`, firstCode.folderSeconds, 0.5),
    known('… one file', firstCode.fileSeconds),
    atMost(`relay with ${waiting.waiting} waiting: peak RSS MB`, waiting.peakRssBytes / 1e6, 300),
    atMost('… ms until a new pair has met, median', waiting.joinMedianMs, 50),
    atMost(`relay with ${pairs.pairs} pairs at full speed: peak RSS MB`, pairs.peakRssBytes / 1e6, 120),
  ];
}

/** Such rows for two tabs. Memory and blocking are the worst of all runs. */
export function browserRows({ pipe, transfer }) {
  const worst = (name) => Math.max(...transfer.runs.map((run) => run[name]));
  return [
    atLeast('rate, of the bare pipe', transfer.megabytesPerSecond / pipe.megabytesPerSecond, 0.55),
    atMost('a page’s longest block, ms (0: none over 50)', worst('longestBlockMs'), 50),
    atMost('a page’s peak RSS MB', worst('peakRssBytes') / 1e6, 350),
    atMost('… MB more in the last third than in the first', worst('grownRssBytes') / 1e6, 40),
  ];
}

/** What the parts that can't be left out cost by themselves: the pipe, and each byte hashed and sealed or opened twice. */
function floorCpuSeconds(ceilings, ws, bytes) {
  const atBothEnds = (name) => (2 * bytes) / 1e6 / ceilings[name];
  const pipe = (cpu(ws) * bytes) / ws.bytes;
  return pipe + atBothEnds('SHA-256, node:crypto') + atBothEnds('AES-256-GCM, node:crypto');
}

function cpu({ median: { sender, relay, receiver } }) {
  return sender.cpuSeconds + relay.cpuSeconds + receiver.cpuSeconds;
}

function atLeast(what, value, target) {
  return [what, value.toFixed(2), `≥ ${target}`, value >= target ? 'yes' : 'NO'];
}

function atMost(what, value, target) {
  return [what, value.toFixed(2), `≤ ${target}`, value <= target ? 'yes' : 'NO'];
}

function known(what, value) {
  return [what, value.toFixed(2), '', ''];
}
