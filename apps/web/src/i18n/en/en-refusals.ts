// English: a browser that refuses a call on a file or on its storage, by the name of its exception.
import type { RefusedCall } from '../refusal-words.ts';

/** The same for both calls. */
const both = (reason: string, advice: string): Record<'read' | 'write', RefusedCall> => ({
  read: { reason, advice },
  write: { reason, advice },
});

const refusedName: RefusedCall = {
  reason: 'this browser does not take that name',
  advice: 'Ask the sender to rename it, or receive on another device.',
};

export const refusals = {
  quoted: (path: string) => `“${path}”`,
  storage: 'This browser’s storage',
  read: (what: string, reason: string) => `${what} cannot be read: ${reason}.`,
  write: (what: string, reason: string) => `${what} cannot be written: ${reason}.`,
  again: 'Then try again.',
  goesOn: (advice: string) => `${advice} If it does not go on by itself then, stop it and start it again.`,
  refusedName,
  other: {
    reason: (exception: string) => `the browser reports ${exception}`,
    advice: 'Reload the page. If it happens again, use another place or another browser.',
  },
  rows: {
    AbortError: both(
      'the browser stopped it, as its protection against dangerous files may do',
      'Look into the browser’s downloads or settings for the reason.',
    ),
    InvalidStateError: both(
      'the browser has lost its hold on it, since something else changed or closed it',
      'Close other tabs and programs that use it.',
    ),
    NoModificationAllowedError: {
      read: {
        reason: 'another tab or program is using it',
        advice: 'Close other tabs and programs that use it.',
      },
      write: {
        reason: 'another tab or program is using it, or it is protected against changes',
        advice: 'Close other tabs and programs that use it, and take the protection away.',
      },
    },
    NotAllowedError: {
      read: {
        reason: 'this page is not allowed to read it any more',
        advice: 'Choose it again, and allow it when the browser asks.',
      },
      write: {
        reason: 'this page is not allowed to write there any more',
        advice: 'Allow it in the browser’s settings for this page, or when the browser asks.',
      },
    },
    NotFoundError: {
      read: {
        reason: 'it is no longer there: it was moved, renamed or deleted, or its disk was taken out',
        advice: 'Put it back, or choose it where it is now.',
      },
      write: {
        reason: 'it, or the folder for it, was moved, renamed or deleted, or the disk was taken out',
        advice: 'Put it back where it was. With a new code, you can choose another folder.',
      },
    },
    NotReadableError: {
      read: {
        reason: 'it changed since it was chosen, another program is using it, or its disk is failing',
        advice: 'Close programs that use it, and choose it again.',
      },
      write: {
        reason: 'the browser cannot open it; another program may be using it, or the disk is failing',
        advice: 'Close programs that use it, and check the disk.',
      },
    },
    QuotaExceededError: both(
      'the disk is full, or this browser grants this page no more room',
      'Make room on this device, or delete files that this page keeps.',
    ),
    SecurityError: {
      read: {
        reason: 'the browser does not let this page read there',
        advice: 'Copy it to another folder, and choose it there.',
      },
      write: {
        reason: 'the browser does not let this page write there',
        advice: 'With a new code, choose another folder or this browser’s storage.',
      },
    },
    TypeMismatchError: {
      read: {
        reason: 'a folder is now where a file was, or a file where a folder was',
        advice: 'Choose it again.',
      },
      write: {
        reason: 'a folder has the name of the file, or a file has the name of a folder',
        advice: 'Rename what is there. With a new code, you can choose another folder.',
      },
    },
  },
} as const;
