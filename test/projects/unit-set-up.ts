// Before each file of unit tests: what costs time or reaches outside the process is taken away.
import { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Server, Socket } from 'node:net';
import { vi } from 'vitest';

// Argon2id takes a tenth of a second and 32 MiB for each handshake. Tests of what it computes unmock it.
vi.mock('hash-wasm', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  argon2id: async ({ password, salt }: { password: Uint8Array; salt: Uint8Array }) =>
    new Uint8Array(createHash('sha256').update(salt).update('\0').update(password).digest()),
}));

function refuse(act: string): () => never {
  return () => {
    throw new Error(
      `A unit test ${act}. Tests that need more than their own process stand in a folder "system".`,
    );
  };
}

Socket.prototype.connect = refuse('connects a socket');
Server.prototype.listen = refuse('listens on a socket');
Object.assign(ChildProcess.prototype, { spawn: refuse('starts a process') });
fs.mkdtempSync = refuse('makes a folder') as typeof fs.mkdtempSync;
fs.promises.mkdtemp = refuse('makes a folder') as typeof fs.promises.mkdtemp;
syncBuiltinESMExports();
