// English: the first screen.

export const home = {
  title: 'Send files to another device',
  lead: 'Any size, with nothing to install. You get a short code. They enter it, see what you send, and accept.',
  offline: 'This device is offline.',
  offlineMore: 'To send or receive, it must reach the other one. What was received earlier can be saved now.',
  refused: (title: string) =>
    `Without your permission for the folder, ${title} can’t go on. Resume it again, and allow it.`,
  send: 'Send',
  receive: 'Receive',
  badLink: 'That link holds no code. Ask for it again, or enter the code.',
  toClassic: (program: string) => `The other side uses the Python tool ${program}?`,
  drop: 'Drop to send',
  dropHere: 'Drop files or a folder here',
  chooseFiles: 'Choose files',
  chooseFolder: 'Choose folder',
  orMessage: 'Or send a message',
  messageHint: 'Text, a link, a password…',
  sendMessage: 'Send message',
  messageTooLong: (size: string) => `A message can have ${size}. Save it as a file and send that.`,
  haveCode: 'Have a code?',
  notACode: 'That is not a code. It is a number and words, such as 7-guitar-ocean.',
  enterCode: 'Enter it, or paste the link that you were sent.',
  languageMissing: (name: string) =>
    `${name} cannot be loaded at the moment: the server cannot be reached, or has a newer page. This page stays as it is; choose it again later.`,
} as const;
