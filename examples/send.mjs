// Sends files from a Node program: node examples/send.mjs PATH…
// The other side enters the code that is printed, in a browser or in a terminal.
import { send, TransferError } from 'p2p-copy';

try {
  const { files, bytes, failed } = await send({
    paths: process.argv.slice(2),
    relay: process.env.P2P_COPY_RELAY ?? 'http://localhost:8765',
    onEvent(event) {
      if (event.type === 'code') console.log(`Code: ${event.code}\nLink: ${event.url}`);
    },
  });
  console.log(`Confirmed by the other side: ${files} files, ${bytes} bytes.`);
  if (failed.length > 0) throw new Error(`Not sent: ${failed.map(({ path }) => path)}`);
} catch (error) {
  if (!(error instanceof TransferError)) throw error;
  console.error(`${error.message} ${error.next}`);
  process.exitCode = 1;
}
