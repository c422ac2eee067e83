// Whether an interrupted transfer goes on by itself. The one switch for what these tests expect of a lost connection.
export const RESUMES: boolean = false;
