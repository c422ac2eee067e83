// English: how a running transfer is stopped, or slowed down.
export const stop = {
  button: 'Stop…',
  limit: 'Speed limit',
  noLimit: 'none',
  stopping: 'Stopping…',
  title: 'Stop this transfer?',
  goesOn: 'It goes on until you answer.',
  cannotResume: 'It can’t be resumed: what is unfinished would have to be sent again.',
  goOn: 'Go on',
  keep: 'Keep what has arrived, to go on later',
  remove: 'Delete unfinished files',
  endSending: 'Stop for good',
  stop: 'Stop',
  stopped: 'You stopped.',
  deleted: 'Unfinished files were deleted. Files that arrived whole are kept.',
  notDeleted: (files: string) =>
    `Files that arrived whole are kept. ${files} could not be deleted: their names end in .p2p.part.`,
  ended: 'Files that arrived whole are kept. The rest has to be sent again, with a new code.',
  endedSending: 'What has arrived is theirs to keep. To send again, start with a new code.',
  nothingSent: 'Nothing was sent. Start again when both are ready.',
  nothingReceived: 'Nothing was received. Start again when both are ready.',
  nothingYet: 'Nothing was sent yet. Resume it from the first page when both sides are online.',
} as const;
