// A relay that sends everyone elsewhere, as a hostile one does, or one of many: it answers each first message with what the
// test says, and notes it.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

export interface OddRelay {
  url: string;
  /** First messages and the URLs' paths, in order. */
  visits: { path: string; first: Record<string, unknown> }[];
  close(): void;
}

/** @param answer to the first message of visit `count` */
export async function startOddRelay(answer: (count: number) => object): Promise<OddRelay> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const visits: OddRelay['visits'] = [];
  server.on('connection', (socket, { url = '' }) => {
    socket.on('error', () => {});
    socket.once('message', (message: Buffer) => {
      visits.push({ path: url, first: JSON.parse(message.toString()) });
      socket.send(JSON.stringify(answer(visits.length - 1)));
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
