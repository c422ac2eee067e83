import type { TransferResult } from './events.ts';
import type { EnginePorts, SendOptions } from './options.ts';
export async function sendFiles(_ports: EnginePorts, _options: SendOptions): Promise<TransferResult> {
  throw new Error('being written');
}
