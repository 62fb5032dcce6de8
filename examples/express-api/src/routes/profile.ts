import { Router } from 'express';

export const profile = Router();

profile.get('/me', (req, res) => {
  res.json({ signedIn: req.cookies.session !== undefined });
});
