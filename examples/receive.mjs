// Receives files in a Node program: node examples/receive.mjs CODE [FOLDER]
import { receive, TransferError } from 'p2p-copy';

const [code, out = '.'] = process.argv.slice(2);
try {
  const { files, folder, failed } = await receive({
    code,
    out,
    relay: process.env.P2P_COPY_RELAY ?? 'http://localhost:8765',
    // Names, sizes and the room on the disk are known here; nothing has come yet.
    accept: ({ bytes, freeBytes }) => freeBytes === null || bytes < freeBytes,
  });
  console.log(`${files} files in ${folder}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof TransferError)) throw error;
  console.error(`${error.message} ${error.next}`);
  process.exitCode = 1;
}
