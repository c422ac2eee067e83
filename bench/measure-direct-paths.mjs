// The relay alone, direct connections of each kind alone, and both, in network namespaces with real ends: rate, CPU, and what of the
// content still passes the relay. In turn, since the machine's speed changes while it is measured.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadNetns } from './load-netns.mjs';
import { digestTree, writeRandomFile } from './make-input.mjs';
import { startMeasured } from './measured-process.mjs';
import { cpuSeconds, rate, table, writeResults } from './present-results.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';

const BIN = fileURLToPath(new URL('../apps/cli/bin/p2p-copy.mjs', import.meta.url));
const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** 50 Mbit/s take 22 s for it. */
const MOST_BYTES_SLOW = 128 * MIB;
/** Of the rate of all direct, with the relay behind 50 Mbit/s. */
const LEAST_SHARE_OF_DIRECT = 0.8;
/** Of the content, by the relay's link, from 4 GiB on; below, what passes until a direct path stands weighs more. */
const MOST_RELAY_SHARE = 0.01;
const RELAY_SHARE_FROM_BYTES = 4 * GIB;

const CASES = [
  { title: 'relay alone, unshaped link', network: 'fast', path: 'relay' },
  { title: 'all direct', network: 'slow', path: 'direct' },
  { title: 'all direct, TCP', network: 'slow', path: 'tcp' },
  { title: 'all direct, QUIC', network: 'slow', path: 'quic' },
  { title: 'relay behind 50 Mbit/s, auto', network: 'slow', path: 'auto' },
  {
    title: 'relay behind 50 Mbit/s, relay alone',
    network: 'slow',
    path: 'relay',
    mostBytes: MOST_BYTES_SLOW,
  },
];

/** Prints and writes rates of `bytes` of random content, the median of `runs`; says why where there are no namespaces. */
export async function measureDirectPaths({ bytes, runs }) {
  const netns = await loadNetns();
  const reason = netns.reasonToSkip();
  if (reason !== null) {
    process.stdout.write(`\nDirect connections are not measured: ${reason}.\n`);
    return;
  }
  const scratch = makeScratchFolder(2 * bytes);
  const measured = CASES.map((each) => ({ ...each, runs: [] }));
  for (let run = 0; run < runs; run++) {
    for (const { runs: found, ...each } of measured) {
      const sizeBytes = Math.min(bytes, each.mostBytes ?? bytes);
      found.push(await transferOnce(netns, each, { scratch, sizeBytes }));
      process.stderr.write(`${each.title}: ${found.at(-1).rate.toFixed(1)} MB/s\n`);
    }
  }
  const results = measured.map((each) => ({ ...each, median: medianByRate(each.runs) }));
  const ratios = ratiosOf(results);
  const header = [
    'random bytes',
    'MiB',
    'MB/s',
    'CPU s a GiB: sender / relay / receiver',
    'by the relay’s link',
  ];
  const rows = results.map(({ title, median }) => [
    title,
    (median.bytes / MIB).toFixed(0),
    median.rate.toFixed(1),
    cpuSeconds(median),
    `${(median.relayShare * 100).toFixed(2)} %`,
  ]);
  process.stdout.write(
    `\n${table(header, rows)}\n\n${verdicts(results, ratios)}\n\n` +
      `Written to ${writeResults('direct-paths', { scratch, results, ratios })}\n`,
  );
}

/** Rate of `auto` as a share of all direct, run by run. */
function ratiosOf(results) {
  const runsOf = (wanted) => results.find(({ network, path }) => network === 'slow' && path === wanted).runs;
  return runsOf('auto').map(({ rate }, run) => rate / runsOf('direct')[run].rate);
}

function verdicts(results, ratios) {
  const ratio = ratios.toSorted((a, b) => a - b)[Math.floor((ratios.length - 1) / 2)];
  const { median } = results.find(({ network, path }) => network === 'slow' && path === 'auto');
  const met = (isMet) => (isMet ? 'yes' : 'NO');
  const shares = ratios.map((each) => each.toFixed(2)).join(', ');
  const lines = [
    `auto / all direct: ${ratio.toFixed(2)} (run by run ${shares}), should be ≥ ${LEAST_SHARE_OF_DIRECT.toFixed(2)}: ${met(ratio >= LEAST_SHARE_OF_DIRECT)}`,
  ];
  if (median.bytes >= RELAY_SHARE_FROM_BYTES) {
    const percent = (share) => `${(share * 100).toFixed(2)} %`;
    lines.push(
      `auto, by the relay’s link: ${percent(median.relayShare)}, should be < ${percent(MOST_RELAY_SHARE)}: ${met(median.relayShare < MOST_RELAY_SHARE)}`,
    );
  }
  return lines.join('\n');
}

/** The rate runs from the accepted offer to the receiver's word that all is there; CPU is that of whole processes. */
async function transferOnce(netns, { network: kind, path: wanted }, { scratch, sizeBytes }) {
  const source = path.join(scratch, `random-${sizeBytes}.bin`);
  writeRandomFile(source, sizeBytes);
  const folder = mkdtempSync(path.join(scratch, 'run-'));
  const network = kind === 'slow' ? await netns.slowRelay() : await fastRelay(netns);
  const remove = () => network.namespaces.remove();
  process.once('exit', remove);
  try {
    const relay = await startRelay(netns, network, folder);
    const common = ['--relay', netns.RELAY_URL, '--json', '--path', wanted];
    const start = ({ namespace }, args) =>
      startMeasured(BIN, [...args, ...common], folder, { within: namespace.within });
    const sender = start(network.sender, ['send', source, '--compress', 'off']);
    const { code } = await sender.event('code');
    const out = path.join(folder, 'out');
    mkdirSync(out);
    const before = network.relayBytes().toRelay;
    const receiver = start(network.receiver, ['receive', code, '--yes', '--out', out]);
    await Promise.all([receiver.success(), sender.success()]);
    const relayBytes = network.relayBytes().toRelay - before;
    const [offer, done] = [await receiver.event('offer'), await receiver.event('done')];
    await relay.stop();
    if (digestTree(path.join(out, path.basename(source))) !== digestTree(source))
      throw new Error('what arrived is not what was sent');
    const perGib = ({ cpuSeconds: seconds }) => ({ cpuSeconds: (seconds * GIB) / sizeBytes });
    return {
      bytes: sizeBytes,
      rate: rate(sizeBytes, (done.atMs - offer.atMs) / 1000),
      relayShare: relayBytes / sizeBytes,
      sender: perGib(sender.usage()),
      relay: perGib(relay.usage()),
      receiver: perGib(receiver.usage()),
    };
  } finally {
    process.off('exit', remove);
    remove();
    rmSync(folder, { recursive: true, force: true });
    rmSync(source);
  }
}

async function startRelay({ RELAY_HOST, RELAY_URL }, { relay: namespace }, folder) {
  const args = ['relay', '--http', '--host', RELAY_HOST, '--port', new URL(RELAY_URL).port];
  const relay = startMeasured(BIN, args, folder, { rawStdout: true, within: namespace.within });
  let said = '';
  await new Promise((resolve, reject) => {
    relay.child.stdout.on('data', (piece) => {
      said += piece;
      if (said.includes('Ctrl-C stops it')) resolve();
    });
    relay.exit.then(() => reject(new Error(`the relay ended: ${relay.describe()}`)));
  });
  return relay;
}

/** The relay joined with each end by a link as fast as the machine. */
async function fastRelay({ Namespaces, PlainLink, RELAY_HOST }) {
  const namespaces = new Namespaces();
  const relay = namespaces.add('relay');
  relay.address('lo', `${RELAY_HOST}/32`);
  const devices = ['sender', 'receiver'];
  const ends = [];
  for (const [index, label] of devices.entries()) {
    const namespace = namespaces.add(label);
    const [near, far] = [`198.18.${index}.2`, `198.18.${index}.1`];
    await PlainLink.join(
      { namespace, device: 'relay0', addresses: [`${near}/30`] },
      { namespace: relay, device: label, addresses: [`${far}/30`] },
    );
    namespace.route({ to: 'default', device: 'relay0', via: far });
    ends.push({ namespace });
  }
  const received = () => devices.map((device) => relay.counts(device).receivedBytes);
  return {
    namespaces,
    relay,
    sender: ends[0],
    receiver: ends[1],
    relayBytes: () => ({ toRelay: received().reduce((sum, bytes) => sum + bytes, 0) }),
  };
}

function medianByRate(runs) {
  return runs.toSorted((a, b) => a.rate - b.rate)[Math.floor((runs.length - 1) / 2)];
}
