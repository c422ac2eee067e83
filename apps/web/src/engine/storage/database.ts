// This page's database, the one place in the browser that holds secrets: what it takes to go on with a transfer after its
// tab was closed.
import { diskError } from '../folders/disk-error.ts';

const NAME = 'p2p-copy';
const VERSION = 1;
/** What a list of transfers shows, and what belongs to each and may be large. */
const STORES = ['transfers', 'contents'] as const;

export type Stores = Record<(typeof STORES)[number], IDBObjectStore>;

let opened: Promise<IDBDatabase> | null = null;

/**
 * Runs one transaction; resolves with what `act` asked for once it is stored.
 * @throws TransferError `sink-failed`, `no-space`: also where a browser stores nothing
 */
export async function transact<T>(
  mode: 'readonly' | 'readwrite',
  act: (stores: Stores) => IDBRequest<T>,
): Promise<T> {
  try {
    return await run(mode, act);
  } catch (cause) {
    throw diskError(cause, null, mode === 'readonly' ? 'read' : 'write');
  }
}

/** @throws DOMException the browser's */
async function run<T>(mode: IDBTransactionMode, act: (stores: Stores) => IDBRequest<T>): Promise<T> {
  opened ??= open();
  const database = await opened.catch((cause: unknown) => {
    opened = null;
    throw cause;
  });
  const transaction = database.transaction(STORES, mode);
  const [transfers, contents] = STORES.map((name) => transaction.objectStore(name)) as [
    IDBObjectStore,
    IDBObjectStore,
  ];
  const request = act({ transfers, contents });
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const name of STORES) request.result.createObjectStore(name);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      // A newer page in another tab must not wait for this one.
      database.onversionchange = () => {
        database.close();
        opened = null;
      };
      resolve(database);
    };
  });
}
