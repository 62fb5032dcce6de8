/** Words without which a text, and what it does to responses, has nothing to do with CORS. */
export const aboutCors =
  /access-control|cors|credentials|web-security|createserver|setrequestheader|\borigin["'`]?\s*[:,]|["'`]patch["'`]/i;
