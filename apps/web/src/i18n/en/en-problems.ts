// English endings. Core speaks English itself; here stands what this page says in another way: core speaks to people with
// a terminal, who chose a server.
import type { Problems } from '../problem-words.ts';

export const problems: Problems = {
  'relay-unreachable': {
    sentence: 'The server of this page cannot be reached.',
    next: 'Check your connection, then try again.',
  },
  'not-a-relay': {
    sentence: 'The server of this page does not answer as it should.',
    next: 'Reload the page and try again.',
  },
  'relay-version': {
    sentence: 'This page is older or newer than its server.',
    next: 'Reload the page and try again.',
  },
  'relay-full': { sentence: 'The server has no room at the moment.', next: 'Try again in a few minutes.' },
  'relay-refused': {
    sentence: 'The server refused the connection.',
    next: 'Reload the page and try again.',
  },
  'relay-token-needed': {
    sentence: 'On this server only those may send who have an access token.',
    next: 'Ask whoever runs this server for one. To receive with a code, you need none.',
  },
  'relay-token-refused': {
    sentence: 'This server does not know the access token, or it was revoked.',
    next: 'Check that it is the whole token and for this server, or ask whoever runs it for a new one.',
  },
  'relay-token-expired': {
    sentence: 'The access token for this server has expired.',
    next: 'Ask whoever runs this server for a new one.',
  },
  'origin-refused': {
    sentence: 'This address isn’t allowed at the server.',
    next: 'Open the page at the address that its server is known by, or tell whoever runs it: its log says what to set.',
  },
  'relay-without-rooms': {
    sentence: 'This server has no rooms, in which devices see each other.',
    next: 'Ask whoever runs it to update it, or open the page of another server.',
  },
  'room-full': {
    sentence: 'Too many devices are in this room at the server.',
    next: 'Try again later, or ask whoever runs the server for larger rooms.',
  },
  'redirect-refused': {
    sentence: 'The server sent this page to an address that is not safe to go to.',
    next: 'Tell whoever runs this server.',
  },
  'relay-limit-transfer': {
    sentence: 'The server has passed as much as it passes for one transfer.',
    next: 'Files that arrived whole are kept. Ask whoever runs this server, or send the rest another way.',
  },
  'relay-limit-day': {
    sentence: 'The access token in use has passed all that the server lets it pass in a day.',
    next: 'Files that arrived whole are kept. Go on tomorrow, or ask whoever runs this server for more.',
  },
  'relay-limit-time': {
    sentence: 'The server keeps no connection for longer than this one has lasted.',
    next: 'Files that arrived whole are kept. Start again to send the rest.',
  },
  'relay-limit-idle': {
    sentence: 'The server ended the connection, because nothing was sent for too long.',
    next: 'Files that arrived whole are kept. Start again when both are ready.',
  },
  'relay-limit-network': {
    sentence: 'The server takes no connections from this network.',
    next: 'Use another network, or ask whoever runs this server.',
  },
  'unknown-code': {
    sentence: 'There is no such code: it was mistyped, is used up, or has expired.',
    next: 'Compare it with the sender’s screen, or ask for a new code.',
  },
  'peer-outdated': {
    next: 'Ask them to reload their page or to update p2p-copy, and start again.',
  },
  'load-failed': {
    sentence:
      'A part of this page could not be loaded: the connection is bad, or its server has a newer page.',
    next: 'Reload the page, and start again.',
  },
  'update-needed': {
    sentence: 'The other side uses something that this page does not know yet.',
    next: 'Reload this page to get its newest version, and start again.',
  },
  'wrong-code': {
    ofSide: {
      send: 'Nothing was sent. Tell them the new code that this page shows.',
      receive: 'Enter the code that the sender’s screen shows now.',
    },
  },
  'code-spent': {
    next: 'Ask the sender for a new code. If it happens again, use another network.',
  },
  'code-disturbed': {
    next: 'Nothing was sent. Send again for a new code. If it happens again, use another network.',
  },
  'code-taken': {
    sentence: 'That code’s number is in use.',
    next: 'Start again to get a free one.',
  },
  interrupted: {
    sentence: 'You cancelled.',
    next: 'Nothing incomplete was saved. Start again when you are ready.',
  },
  cancelled: {
    sentence: 'The other side cancelled.',
    next: 'Files that arrived whole are kept. Start again when both are ready.',
  },
  stopped: {
    sentence: 'The other side stopped for now.',
    next: 'Files that arrived whole are kept. Start again when both are ready.',
  },
  discarded: {
    sentence: 'The other side stopped for good.',
    ofSide: {
      send: 'It can’t be resumed. To send it again, start with a new code.',
      receive: 'Files that arrived whole are kept. Ask them to send the rest again.',
    },
  },
  'no-direct-path': {
    next: 'The other side asked for direct paths alone. Start again, and let them take the way through this server too.',
  },
  'no-quic': { next: 'Choose another path.' },
  unconfirmed: {
    next: 'Probably all is there: ask the other side.',
  },
  'peer-gone': {
    sentence: 'The connection to the other side was lost.',
    next: 'Files that arrived whole are kept. Start again when both are online.',
  },
  'peer-silent': {
    sentence: 'The other side stopped answering.',
    next: 'Files that arrived whole are kept. Start again when both are online.',
  },
  'connection-lost': {
    sentence: 'The connection was lost.',
    next: 'Files that arrived whole are kept. Check your connection and start again.',
  },
  'authentication-failed': {
    sentence: 'Something on the way changed the data. The transfer was stopped.',
    next: 'Nothing wrong was saved. Start again, if need be over another network.',
  },
  // A browser may also refuse a name when its turn comes, after others were written.
  'name-impossible': { ofSide: { receive: 'Ask the sender to rename it, or receive on another device.' } },
  'nothing-to-send': {
    sentence: 'There is nothing to send.',
    next: 'Choose a file or a folder, or write a message.',
  },
};
