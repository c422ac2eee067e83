// What the service worker hands to the page when something was shared to it: a draft, which nothing but the person sends.

export interface DraftLimit {
  files: number;
  bytes: number;
}

export interface Shared {
  files: File[];
  /** Title, text and link, as far as there are any. */
  text: string;
  /** Set where more was shared than is kept: what is kept at most. Then there is nothing in it. */
  limit: DraftLimit | null;
}

/** Asks for a draft, with a port for the answer: `Shared`, or null. */
export interface ReadShared {
  type: 'read-shared';
  id: string;
}

/** The draft is sent or discarded. */
export interface DropShared {
  type: 'drop-shared';
  id: string;
}
