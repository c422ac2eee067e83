// Randomness for the pairing: nameplates that can't be foreseen, tokens that can't be guessed.
import { randomBytes, randomInt } from 'node:crypto';
import type { PairingRandomness } from './pairing-table.ts';

const TOKEN_BYTES = 16;

export const systemRandomness: PairingRandomness = {
  randomBelow: (limit) => randomInt(limit),
  randomToken: () => randomBytes(TOKEN_BYTES).toString('base64url'),
};
