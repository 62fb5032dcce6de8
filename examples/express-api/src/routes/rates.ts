import { Router } from 'express';

export const rates = Router();

const partners = ['https://bank.example', 'https://travel.example'];

rates.use((req, res, next) => {
  const origin = req.headers.origin;
  if (origin && partners.includes(origin)) {
    // A shared cache keeps this for bank.example and hands it to travel.example.
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Cache-Control', 'public, max-age=300');
  }
  next();
});

rates.get('/', (_req, res) => {
  res.json({ EUR: 1, USD: 1.08 });
});

rates.get('/history', (_req, res) => {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Access-Control-Allow-Credentials', 'true');
  res.json([]);
});
