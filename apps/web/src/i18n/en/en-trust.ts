// English: names that a system obeys, and what another app or website hands over.

export const trust = {
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
