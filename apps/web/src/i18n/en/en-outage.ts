// English: a connection that is missing, what can be done about it, and how long a transfer took.

export const waits = {
  outage: {
    connecting: 'Connecting…',
    reconnecting: 'Reconnecting…',
    offline: 'This device is offline.',
    relay: 'The server cannot be reached.',
    peer: 'The other side is not there at the moment.',
    relayDetails: (since: string, until: string) =>
      `No connection since ${since}. It goes on by itself as soon as there is one, until ${until}.`,
    peerDetails: (since: string, until: string) =>
      `Not connected since ${since}. It goes on by itself as soon as they are back, until ${until}.`,
    peerOnceDetails: (since: string, until: string) =>
      `Not connected since ${since}. It goes on by itself if p2p-copy is still running there, until ${until}. Closed there, it can’t be resumed.`,
    kept: 'What has arrived is kept.',
    codeRests: 'Nobody can use the code meanwhile. Keep this tab open.',
    acceptLater: 'You can accept as soon as the other side is there again.',
    newCode: 'New code, same files',
    newCodeHint: 'A new code ends what they see of this one.',
    putOff: 'Later',
    putOffHint:
      '“Later” puts it on the first page: there it can be reviewed for as long as the sender waits.',
    declinedUntold: 'Nothing was received. The other side is not connected, so it was not told.',
    opened: 'You have opened this code before, so the list is fetched from the same sender.',
    openAnew: 'It is another code',
    relayEnded: (since: string) => `The server could not be reached since ${since}.`,
    offlineEnded: (since: string) => `This device was offline since ${since}.`,
    relayAgain: 'Check the connection of this device. Once there is one, a new code is one tap away.',
    relayJoin: 'Check the connection of this device, then enter the code again.',
    tryAgain: 'Try the code again',
    relayResume:
      'Check the connection of this device. Once there is one, resume it from the first page, if the other side still waits.',
    peerEnded: (since: string) => `The other side did not come back; it was last there at ${since}.`,
    receiverResume:
      'If they open p2p-copy again and go on there, resume it here, on the first page. If they can’t, send the same files with a new code.',
    receiverAgain: 'Ask them whether they are ready, and tell them a new code for the same files.',
    senderResume:
      'Ask the sender to open p2p-copy again and to resume it there. Then resume it here, on the first page.',
    senderAgain: 'Nothing was received. Ask the sender for a new code.',
    senderLost: 'It can’t be gone on with. Files that arrived whole are kept. Ask the sender for a new code.',
  },
  code: {
    validUntil: (time: string) => `The code works once, until ${time}.`,
    lost: 'The server was started anew, and the number of the last code belongs to somebody else by now. Here is a new code for the same files.',
  },
  ended: {
    finish: 'Finish',
    finishOf: (title: string) => `Finish ${title}`,
    probablyThere:
      'All of it had arrived there when this was closed; only the confirmation is missing. Ask the other side first: probably nothing is left to do. Or choose the files again: the other side is then sought for 20 seconds.',
  },
  took: {
    seconds: (seconds: string) => `${seconds} s`,
    minutes: (minutes: string, seconds: string) => `${minutes} min ${seconds} s`,
    hours: (hours: string, minutes: string) => `${hours} h ${minutes} min`,
    time: (duration: string) => `Took ${duration}.`,
    average: (duration: string, rate: string) => `Took ${duration}, at ${rate} on average.`,
  },
  reviewed: {
    notAccepted: 'Not accepted yet',
    resume: 'Review',
    resumeOf: (title: string) => `Review ${title}`,
    unknownOffer: 'An offer',
  },
} as const;
