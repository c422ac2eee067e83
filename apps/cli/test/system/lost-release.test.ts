// A receiver whose connection dies just when the ends have met, before the relay hears that the code is used up: whoever types
// the same code again goes on with the review that both ends noted.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { scratchFolder } from '../scratch.ts';
import { codeOf, run, startRelayProcess } from './cli-process.ts';
import { killHolder, notesIn } from './noted-transfers.ts';
import { describeTree, makeTree } from './tree.ts';

/** Stands between a sender and the relay, and keeps back the first word of a release, with all that is said behind it. */
async function startKeepingProxy(relayUrl: string) {
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(sockets, 'listening');
  let kept = () => {};
  const isKept = new Promise<void>((resolve) => (kept = resolve));
  let keeps = true;
  sockets.on('connection', (client, request) => {
    const upstream = new WebSocket(new URL(request.url!, relayUrl), { perMessageDeflate: false });
    let queue: [RawData, boolean][] | null = [];
    let isClosed = false;
    upstream.on('open', () => {
      for (const [message, isBinary] of queue ?? []) upstream.send(message, { binary: isBinary });
      if (!isClosed) queue = null;
    });
    client.on('message', (message, isBinary) => {
      if (keeps && String(message).includes('"release"') && !isBinary) {
        [keeps, isClosed] = [false, true];
        kept();
      }
      if (isClosed) return;
      if (queue !== null) queue.push([message, isBinary]);
      else upstream.send(message, { binary: isBinary });
    });
    upstream.on('message', (message, isBinary) => client.send(message, { binary: isBinary }));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => {});
      from.on('close', (code) =>
        code > 1005 && code < 4000 ? to.terminate() : to.close(code === 1005 ? 1000 : code),
      );
    }
  });
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  });
  return { url: `http://127.0.0.1:${(sockets.address() as AddressInfo).port}`, isKept };
}

/** Both ends have met and noted it; the relay hasn't heard so, and the receiver is killed. */
async function killedReceiver() {
  const root = await scratchFolder();
  makeTree(join(root, 'tree'), { 'a.txt': 'a', 'b.txt': 'b' });
  const relay = await startRelayProcess();
  const proxy = await startKeepingProxy(relay.url);
  const [here, there] = [join(root, 'here'), join(root, 'there')];
  const forSender = { set: { P2P_COPY_STATE: here, P2P_COPY_RELAY: relay.url } };
  const sender = run(['send', join(root, 'tree'), '--relay', proxy.url], forSender);
  const code = await codeOf(sender);
  const receive = () =>
    run(['receive', code, '--yes', '--out', join(root, 'out')], {
      set: { P2P_COPY_STATE: there, P2P_COPY_RELAY: relay.url },
    });
  const receiver = receive();
  await proxy.isKept;
  const isNoted = (state: string) => existsSync(join(state, 'transfers')) && notesIn(state).length > 0;
  await receiver.until(() => [here, there].every(isNoted) || null, 'notes of both');
  await killHolder(receiver, there);
  return { root, sender, here, receive, resumeSender: () => run(['resume'], forSender) };
}

it('the same code goes on while the sender still runs, which tells the relay again that the code is used up', async () => {
  const { root, sender, receive } = await killedReceiver();
  const again = receive();
  await again.says(/This code was used here before, for a transfer that is unfinished\./);
  expect([await again.exitCode, await sender.exitCode], again.stderr).toEqual([0, 0]);
  expect(again.stderr).not.toContain('This is a new one');
  expect(describeTree(join(root, 'out/tree'))).toEqual(describeTree(join(root, 'tree')));
});

it('the same code goes on when the sender was killed too, and the relay keeps its number for it', async () => {
  const { root, sender, here, receive, resumeSender } = await killedReceiver();
  await killHolder(sender, here);
  const again = receive();
  await again.says(/This code was used here before, for a transfer that is unfinished\./);
  const resumed = resumeSender();
  expect([await again.exitCode, await resumed.exitCode], again.stderr).toEqual([0, 0]);
  expect(describeTree(join(root, 'out/tree'))).toEqual(describeTree(join(root, 'tree')));
});
