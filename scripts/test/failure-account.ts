/** Name under which a failed browser spec keeps what was on the page and in the runs. */
export const FAILURE_ACCOUNT = "what was there";
