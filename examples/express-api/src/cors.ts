import cors from 'cors';

/** The shop's pages: app.shop.example, www.shop.example and so on. */
export const shopCors = cors({
  // Without anchors, https://shop.example.attacker.test matches too.
  origin: /https:\/\/.*\.shop\.example/,
  credentials: true,
  allowedHeaders: ['Content-Type', 'X-Request-Id'],
});

/** The widget runs on the pages of customers. */
export const widgetCors = cors({
  origin: (origin, callback) => {
    callback(null, origin);
  },
  credentials: true,
});

const adminOrigins = [
  'https://admin.shop.example/',
  'https://backoffice.shop.example',
  // For the desktop app, which loads its pages from files.
  'null',
];

export const adminCors = cors({ origin: adminOrigins, credentials: true, maxAge: 600 });
