// English: which way content takes, and what a transfer waits for.
export const flow = {
  through: (host: string) => `Goes through ${host}, which can read it.`,
  throughSealed: (host: string) => `Goes through ${host}, which can’t read it.`,
  direct: 'Goes directly between the devices.',
  directWithin: 'Goes directly, in your network.',
  files: 'Files',
  arrived: 'Arrived',
  notYet: 'Not yet there',
  reconnected: 'Connected again',
  comparing: 'Comparing what is already here',
  comparingMore: (percent: number) => `${percent}% · Only what is missing is sent.`,
  pausedHere: (message: string) => `Paused: ${message}`,
  pausedThere: 'Paused: the other device cannot save at the moment.',
  noRoomThere: 'Paused: the other device has no room left.',
  noRoomHere: 'Paused: there is no room left on this device.',
  moreRoom: (size: string) => `Paused: ${size} more needed on this device.`,
  solvedThere: 'Nothing is lost. It goes on by itself as soon as that is solved there.',
  makeRoom: 'Delete something to make room. If it does not go on by itself then, stop it and start it again.',
  checkFolder:
    'Check the folder and its permissions. If it does not go on by itself then, stop it and start it again.',
} as const;
