// Which build of the command line this is. In the one file that a relay serves, alone/no-relay.ts takes this module's place.

/** What this build lacks, for people; null where it is whole. */
export const EDITION: string | null = null;
