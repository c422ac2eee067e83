// What Node gives the engine.
import type { EnginePorts } from '@p2p-copy/core';
import { nodeClock } from './clock.ts';
import { dialRelay } from './dial-relay.ts';
import { loadZstd } from './node-zstd.ts';

export const nodePorts: EnginePorts = { dial: dialRelay, clock: nodeClock, loadZstd };
