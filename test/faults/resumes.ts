// What is built of "nothing is lost", for the tests that tell it from a clean failure.

/** A transfer goes on over another connection when one is lost, or the relay is started again. */
export const RESUMES: boolean = true;

/** An end that was killed goes on when it is started again, by `p2p-copy resume --all`. */
export const RESTARTS: boolean = false;
