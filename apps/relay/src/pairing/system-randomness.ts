// Randomness for the pairing: nameplates that can't be foreseen, tokens that can't be guessed.
import { randomBytes, randomInt } from 'node:crypto';

const TOKEN_BYTES = 16;

export interface PairingRandomness {
  /** A uniform whole number from 0 to `limit` − 1. */
  randomBelow(limit: number): number;
  randomToken(): string;
}

export const systemRandomness: PairingRandomness = {
  randomBelow: (limit) => randomInt(limit),
  randomToken: () => randomBytes(TOKEN_BYTES).toString('base64url'),
};
