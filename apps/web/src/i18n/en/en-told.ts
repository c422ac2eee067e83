// English: what the person at the other device needs to be told.

export const told = {
  told: {
    terminal: 'In a terminal?',
    withNode: 'In a terminal with Node 20 or later:',
    copyLine: 'Copy the command',
    codeKept: 'Your code is kept, and nothing has used it:',
    openInstead: 'Open this instead:',
    inTerminal: 'Or in a terminal, where p2p-copy is installed:',
    onlyHere:
      'This page is open at an address that means only this device, so the link works here and nowhere else. For other devices, open the page at an https address of this computer.',
    commandOnlyHere:
      'The command names an address that means only this device, so it works here and nowhere else. For other devices, open this page at an address of this computer that they can reach.',
  },
};
