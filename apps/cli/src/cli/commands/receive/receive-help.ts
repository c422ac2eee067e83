// What `p2p-copy receive --help` says after the options.
export const RECEIVE_HELP = `
Without CODE you are asked for it, which keeps it out of the shell's history; Tab completes its words.
A link works in place of a code, and says which relay to use; that of a relay with a certificate of its own
holds the certificate's fingerprint too.

What surrounds a code is ignored, and the first letters of its words are enough. On a terminal you are
asked about anything else before it is tried, and about a link of another relay than P2P_COPY_RELAY.
With --yes, or without a terminal, nothing is asked: words of no list are taken as the sender's own, and
what can't be a code is refused with exit code 2. --as-typed takes the code exactly as it is given.

At the question whether to accept, choose shows a list to pick from by numbers (1,3-5) or patterns (*.jpg). The sender
reads which files are left out.

Every file is hashed when it arrives, and again from the disk if something else changed it meanwhile.
--verify disk reads every file back before it gets its name: a fault of memory or of another program
shows, but not one of the disk itself, since the system may answer from its cache.

What is interrupted goes on with p2p-copy resume, before you have accepted too, or when the same code is
typed again; parts of earlier attempts are compared, and only the
rest is sent. Files that are there already are compared if you agree, on a terminal or by --continue:
then only what differs is sent, and the sender learns which of them are there, how large they are, and
what in them equals its own. Equal files are left alone in any case. Nothing is replaced without
--overwrite always or your answer. A file that is there and looks different is asked about on a
terminal; with --yes, or without a terminal, the new one gets another name.

What is accepted is what was shown. A file that changes while it is sent is asked about again; with
--yes it may grow to twice its size if there is room, and fails beyond. Content of unknown size may
come to --max-size, by default to what is free.

Names that some system obeys where they land (.bashrc, .ssh/…, .git/hooks/…, *.desktop and the like) are
asked about apart. With --yes they are left out and named, and the exit code is 4, unless --allow-risky
is given.

Environment: P2P_COPY_RELAY (relay URL), P2P_COPY_CODE (the code).

Examples:
  p2p-copy receive                            ask for the code, then before writing anything
  p2p-copy receive --out ~/Downloads
  p2p-copy receive --stdout | tar xz          what a pipe sends
  p2p-copy receive --only '*.jpg' --only doc/  a part of what is offered
  p2p-copy receive --from any --stay          what your paired devices send (p2p-copy pair)
  P2P_COPY_CODE=7-guitar-ocean p2p-copy receive --yes --overwrite skip

From a device with the Python tool p2p-copy, in its format (both sides name the relay and the code; it
accepts without asking and replaces files of the same name, as that tool does):
  p2p-copy receive wss://copy.example.org CODE --encrypt --out DIR

There a sender with --resume sends everything unless --continue is given: it is then told a digest of
each file that is there under an offered name, and a hostile one reads what it can guess. Give it for
senders that you trust, or for a folder that holds nothing else.`;
