import { checkInsertions, everything, little } from '../../../../test/insertion-table.ts';

describe('a policy written into a program of Express', () => {
  checkInsertions([
    {
      title: 'Express: the package, an ES module',
      uri: 'file:///app/app.mjs',
      form: 'cors-package',
      before: `import express from 'express';

const app = express();

app.get('/', (req, res) => res.json({}));‸
`,
      after: `import express from 'express';
import cors from 'cors';

const app = express();

app.use(
  cors({
    origin: ['https://app.example.com', 'https://admin.example.com'],
    credentials: true,
    methods: ['GET', 'PUT'],
    allowedHeaders: ['Content-Type'],
    maxAge: 7200,
  }),
);

app.get('/', (req, res) => res.json({}));
`,
    },
    {
      title: 'Express: the package, CommonJS with double quotes, without semicolons, CRLF, the name taken',
      uri: 'file:///app/app.js',
      form: 'cors-package',
      wanted: little,
      before:
        'const express = require("express")\r\nconst { cors } = require("./settings")\r\nconst app = express()‸\r\nmodule.exports = app\r\n',
      after:
        'const express = require("express")\r\nconst cors2 = require("cors")\r\nconst { cors } = require("./settings")\r\nconst app = express()\r\n\r\n' +
        'app.use(\r\n  cors2({\r\n    origin: ["https://app.example.com"],\r\n    methods: ["GET", "HEAD", "POST"],\r\n    allowedHeaders: [],\r\n    maxAge: 7200,\r\n  }),\r\n)\r\nmodule.exports = app\r\n',
    },
    {
      title: 'Express: TypeScript by hand, in a function, indented by four',
      uri: 'file:///app/app.ts',
      form: 'by-hand',
      wanted: { ...everything, origins: ['https://app.example.com'] },
      before: `import express, { type Express } from 'express';

export function createApp(): Express {
    const app = express();
    app.disable('x-powered-by');‸
    return app;
}
`,
      after: `import express, { type Express } from 'express';

export function createApp(): Express {
    const app = express();

    const allowedOrigins = new Set(['https://app.example.com']);

    app.use((req, res, next) => {
        res.vary('Origin');
        const { origin } = req.headers;
        if (origin !== undefined && allowedOrigins.has(origin)) {
            res.setHeader('Access-Control-Allow-Origin', origin);
            res.setHeader('Access-Control-Allow-Credentials', 'true');
            res.setHeader('Access-Control-Allow-Methods', 'GET, PUT');
            res.setHeader('Access-Control-Allow-Headers', 'Content-Type');
            res.setHeader('Access-Control-Max-Age', '7200');
        }
        if (req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined) {
            res.status(204).end();
            return;
        }
        next();
    });
    app.disable('x-powered-by');
    return app;
}
`,
    },
    {
      title: 'Express: `import express = require`, the package imported already and not used',
      uri: 'file:///app/app.cts',
      form: 'cors-package',
      wanted: little,
      before: "import express = require('express');\nimport crossOrigin = require('cors');\n‸const router = express.Router();\n",
      after: `import express = require('express');
import crossOrigin = require('cors');
const router = express.Router();

router.use(
  crossOrigin({
    origin: ['https://app.example.com'],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: [],
    maxAge: 7200,
  }),
);
`,
    },
    {
      title: 'Express: the type of the options is imported already',
      uri: 'file:///app/app.ts',
      form: 'cors-package',
      wanted: little,
      before: "import { type CorsOptions } from 'cors';\nimport express from 'express';\nconst app = express();‸\n",
      after: `import { type CorsOptions } from 'cors';
import express from 'express';
import cors from 'cors';
const app = express();

app.use(
  cors({
    origin: ['https://app.example.com'],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: [],
    maxAge: 7200,
  }),
);
`,
    },
    {
      title: 'Express: nothing that makes an application',
      uri: 'file:///app/util.js',
      form: 'by-hand',
      before: 'export const add = (a, b) => a + b;‸\n',
      after: { refused: 'No Express application' },
    },
    {
      title: 'Express: the package is used already',
      uri: 'file:///app/app.js',
      form: 'by-hand',
      before: "const cors = require('cors');\nconst app = require('express')();‸\napp.use(cors());\n",
      after: { refused: 'already uses cors;' },
    },
    {
      title: 'Express: the header is set already',
      uri: 'file:///app/app.js',
      form: 'cors-package',
      before: "const app = require('express')();‸\napp.use((q, s, n) => { s.set('access-control-allow-origin', '*'); n(); });\n",
      after: { refused: 'already sets Access-Control-Allow-Origin' },
    },
  ]);
});
