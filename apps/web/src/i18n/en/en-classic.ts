// English, for those who talk with the Python tool.
import type { Problems } from '../problem-words.ts';

/** What it means when the other side has the Python tool, which can't tell this page anything about an end. */
const problems: Problems = {
  'relay-token-needed': {
    sentence:
      'On this server only those may send who have an access token, and this format has no place for one.',
    next: 'Send with this page on both sides, or use another server.',
  },
  'code-in-use': {
    sentence: 'Two sides came with this code for the same: both to send, or both to receive.',
    next: 'One of you has to do the other. If that is so already, someone else has your code: agree on a new one.',
  },
  'peer-gone': {
    sentence: 'The other side left before the end.',
    next: 'They cancelled, or lost the connection. Files that arrived whole are kept. Start again on both sides.',
  },
  'digest-mismatch': {
    sentence: 'A file did not match its checksum. The transfer was stopped.',
    next: 'Nothing wrong was saved. Start again on both sides.',
  },
  'nothing-to-send': {
    sentence: 'There is no file in what you chose.',
    next: 'The Python tool takes files, and folders that hold some.',
  },
};

/** What the other side types is theirs; the command itself is the same in every language. */
export const classic = {
  title: 'With the Python tool',
  lead: (program: string) =>
    `For people who have ${program}, the older command line tool, and can’t open this page.`,
  direction: 'What you do',
  sendHint: 'Files and folders',
  receiveHint: 'You see the list first',
  suggest: 'Suggest a code',
  codeMissing: 'First agree on a code with the other side, or take a suggested one.',
  codeSpaces: 'This code begins or ends with a space. On the other side the space belongs to it too.',
  codeShort:
    'That is short. With this older format, whoever runs the server can go on trying codes afterwards. A long random one is best.',
  codeAny: 'Any text, the same on both sides to the letter.',
  encrypt: 'Encrypt',
  encryptHint: 'The same on both sides, as in the command below',
  open: 'Whoever runs the server can then read everything that you send or receive.',
  theyType: 'What they type',
  whereToReceive: 'In the folder where the files shall go. Who starts first doesn’t matter.',
  whatToSend: (files: string) =>
    `With their files and folders in place of ${files}. Who starts first doesn’t matter.`,
  youSend: 'What you send',
  command: 'Command',
  copyCommand: 'Copy command',
  /** In the command, until it is known. */
  codeInCommand: 'CODE',
  filesInCommand: 'FILES',
  calling: 'Waiting for the other side to start the command',
  ownCertificate:
    'This page’s server has a certificate of its own, which the Python tool refuses: it works where its variable SSL_CERT_FILE names a copy of that certificate, or with a server that was started with --http.',
  silentEncrypted: (option: string) =>
    `They started it and nothing happens? Then the code differs, or one side encrypts and the other doesn’t: here it is encrypted, so their command ends in ${option}.`,
  silentOpen: (option: string) =>
    `They started it and nothing happens? Then the code differs, or one side encrypts and the other doesn’t: here it is not encrypted, so their command has no ${option}.`,
  problems,
} as const;
