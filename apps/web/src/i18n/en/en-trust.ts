// English: names that a system obeys, what can’t be sent, and what another app or website hands over.
import { refusals } from './en-refusals.ts';

export const trust = {
  refusals,
  risky: {
    title: (count: string) => `${count} could change settings or run on this device`,
    why: 'Systems and programs obey files of these names where they lie, without anybody opening them.',
    list: 'What could change settings or run',
    take: 'I expect these files: take them too',
    left: 'They are left out, and the other side is told.',
    taken: 'They are received with the others.',
    offered: (files: string) => `${files} could change settings or run there, so they are asked about apart.`,
    counted: (hidden: string, programs: string) =>
      `Hidden files: ${hidden} · programs or scripts: ${programs}`,
    leftOut: (files: string) => `The other side left out ${files}:`,
    more: (files: string) => `and ${files} more`,
  },
  changed: {
    title: (files: string) => `Changed at the sender since you accepted: ${files}`,
    sizes: (now: string, accepted: string) => `now ${now}, accepted ${accepted}`,
    take: 'Take them as they are now',
    leave: 'Leave them out',
  },
  changes: {
    new: 'new',
    changed: 'changed',
    since: (added: string, changed: string) =>
      `The sender changed the offer. Since the first list, new: ${added}, changed: ${changed}.`,
  },
  unsendable: {
    title: (count: string) => `${count} of what you chose can’t be sent.`,
    rest: 'The rest is offered.',
    notSent: (count: string) => `Not sent, ${count} of what you chose:`,
    more: (count: string) => `and ${count} more`,
    unsent: (count: string) => `The sender says that ${count} of their files or folders could not be sent.`,
    reasons: {
      'control-character': 'its name contains a control character',
      'direction-mark': 'its name contains an invisible character that changes the direction of text',
      'not-unicode': 'its name is not valid Unicode',
      'unfinished-part': 'it is the unfinished part of another transfer',
      'too-long': 'its name is too long',
      'too-deep': 'it lies in too many folders',
      'impossible-name': 'its name is not one that can be sent',
      'same-name': 'something else is sent under the same name, which differs in its Unicode form alone',
      'no-permission': 'your browser is not allowed to read it',
      unreadable: 'it cannot be read',
      'special-file': 'it is neither a file nor a folder',
      'dangling-link': 'it is a link that leads nowhere',
      'leads-out': 'it is a link that leads out of what is sent',
      'impossible-target': 'it is a link to a name that cannot be sent',
    },
  },
  shared: {
    title: 'Send this?',
    lead: 'Another app or website handed this to p2p-copy. Nothing leaves this device until you press Send.',
    list: 'What was handed over',
    send: 'Send',
    discard: 'Discard',
    expired: 'What was shared is no longer here. Share it again, or choose it below.',
    refused: (files: string, size: string) =>
      `What was shared is too much to hand over that way: up to ${files} and ${size}. Choose it below instead.`,
  },
} as const;
