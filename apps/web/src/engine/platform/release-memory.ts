// Gives back memory as soon as it isn't needed. A browser collects buffers late and many at once, so that each message would
// come into fresh memory, which the system has to map and to clear: half the time of a transfer.

/** Less isn't worth a message. */
const WORTHWHILE_BYTES = 64 * 1024;
/**
 * Chromium keeps an eighth of what a page has allocated at hand, and gives the rest back to the system. This is never written
 * to, and so takes no memory itself.
 */
const ALLOCATED_BYTES = 64 * 1024 * 1024;

const allocated: ArrayBuffer[] = [];
const toNobody = closedPort();

/** The whole buffer is gone at once: moved to where nobody is. */
export function releaseMemory({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength < WORTHWHILE_BYTES) return;
  if (allocated.length === 0) allocated.push(new ArrayBuffer(ALLOCATED_BYTES));
  toNobody.postMessage(null, [buffer]);
}

function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}
