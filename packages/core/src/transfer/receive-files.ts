import type { TransferResult } from './events.ts';
import type { EnginePorts, ReceiveOptions } from './options.ts';
export async function receiveFiles(_ports: EnginePorts, _options: ReceiveOptions): Promise<TransferResult> {
  throw new Error('being written');
}
