// What the service worker hands to the page when something was shared to it.

export interface Shared {
  files: File[];
  /** Title, text and link, as far as there are any. */
  text: string;
}

/** Asks for it, with a port for the answer: `Shared`, or null. */
export interface TakeShared {
  type: 'take-shared';
}
