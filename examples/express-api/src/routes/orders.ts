import { Router } from 'express';

export const orders = Router();

orders.get('/', (_req, res) => {
  res.json([{ id: 1, total: 4200 }]);
});

orders.put('/:id', (req, res) => {
  res.json({ id: Number(req.params.id), total: req.body.total });
});

orders.delete('/:id', (_req, res) => {
  res.sendStatus(204);
});
