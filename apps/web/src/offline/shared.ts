// What the service worker hands to the page when something was shared to it: a draft, which nothing but the person sends.

export interface Shared {
  files: File[];
  /** Title, text and link, as far as there are any. */
  text: string;
  /** More than is kept: then there is nothing in it. */
  isTooMuch: boolean;
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
