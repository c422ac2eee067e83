// Answers to an end that pings and doesn't read, by a socket that a test holds in its hands.
import { expect, it } from 'vitest';
import { Pongs } from '../../src/sockets/pongs.ts';

it('never have more than one under way, and then answer the latest ping', () => {
  const sent: string[] = [];
  const written: (() => void)[] = [];
  const socket = {
    readyState: 1,
    OPEN: 1,
    pong(payload: Buffer, _mask: boolean, done: () => void) {
      sent.push(payload.toString());
      written.push(done);
    },
  };
  const pongs = new Pongs(socket);
  for (const ping of ['a', 'b', 'c']) pongs.answer(Buffer.from(ping));
  expect(sent).toEqual(['a']);
  written.shift()!();
  expect(sent).toEqual(['a', 'c']);
  written.shift()!();
  pongs.answer(Buffer.from('d'));
  expect(sent).toEqual(['a', 'c', 'd']);
  socket.readyState = 2;
  pongs.answer(Buffer.from('e'));
  written.shift()!();
  expect(sent).toEqual(['a', 'c', 'd']);
});
