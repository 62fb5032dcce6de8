import type { NextFunction, Request, Response } from 'express';

/** Lets only requests with a session cookie pass. */
export function requireSession(req: Request, res: Response, next: NextFunction): void {
  if (!req.cookies.session) {
    res.status(401).json({ error: 'please sign in' });
    return;
  }
  next();
}
