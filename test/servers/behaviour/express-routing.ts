/** Facts 3.6, 3.7 and 3.13 to 3.15: which handlers a request meets in Express 4 and 5, and what becomes of errors. */
import type { IncomingMessage } from 'node:http';
import { a, acao, asking, methods, send, varyHeaders } from './express-row.ts';
import type { Application, ExpressRow, Handler, Response } from './express-row.ts';

/** The part of Express beside its applications that a row uses. */
interface Express {
  readonly Router: () => Application;
  readonly static: (root: string, options: object) => Handler;
}

export const routingRows: readonly ExpressRow[] = [
  {
    fact: '3.6',
    what: "/{*splat} matches every path, /*splat misses '/'",
    version: 5,
    build: (app, cors) => {
      app.options('/all/{*splat}', cors()).options('/some/*splat', cors());
    },
    expect: [
      [`OPTIONS /all/ | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`OPTIONS /all/x/y | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`OPTIONS /some/x/y | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`OPTIONS /some/ | ${a} | ${asking}`, '404'],
    ],
  },
  {
    fact: '3.6',
    what: 'a wildcard that is not the whole segment is {*splat} there',
    version: 5,
    build: (app, cors) => {
      app.options('/api{*splat}', cors()).options('/files/{*splat}.js', cors());
    },
    expect: [
      [`OPTIONS /api | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`OPTIONS /apis/x | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`OPTIONS /files/a/b.js | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
    ],
  },
  {
    fact: '3.6',
    what: 'Express 4 takes the name in /*splat for text, and never matches /{*splat}',
    version: 4,
    build: (app, cors) => {
      app.options('/some/*splat', cors()).options('/all/{*splat}', cors());
    },
    expect: [
      [`OPTIONS /some/x/splat | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`OPTIONS /some/x | ${a} | ${asking}`, '404'],
      [`OPTIONS /all/x | ${a} | ${asking}`, '404'],
    ],
  },
  {
    fact: '3.7',
    what: 'the default error handler keeps CORS headers that are already set; a failure before cors has none',
    build: (app, cors) => {
      const fail: Handler = (_request, _response, next) => {
        next(new Error('no'));
      };
      app.use('/before', fail).use(cors()).get('/after', fail);
    },
    expect: [
      [`GET /after | ${a}`, `500 | ${acao}: *`],
      [`GET /before | ${a}`, '500'],
      [`GET /missing | ${a}`, `404 | ${acao}: *`],
    ],
  },
  {
    fact: '3.13',
    what: 'OPTIONS is not equal to `options`, and gets what was written so far',
    build: (app) => {
      app.use(((request, response, next) => {
        response.set('Access-Control-Allow-Origin', 'https://a.com');
        if (request.method === 'options') response.sendStatus(204);
        else next();
      }) satisfies Handler);
      app.get('/', send);
    },
    expect: [[`OPTIONS / | ${a} | ${asking}`, `200 | ${acao}: https://a.com`]],
  },
  {
    fact: '3.14',
    what: 'errors come to the handlers of their own router and those around; a route answers OPTIONS for all its methods',
    version: 4,
    build: (app, cors, load) => {
      const { Router } = load('express4') as { readonly Router: () => Application };
      const failing: Handler = (_request, _response, next) => {
        next(Object.assign(new Error('no'), { status: 409 }));
      };
      const handling = (value: string) => (_error: unknown, _request: IncomingMessage, response: Response, _next: unknown) => {
        response.set(acao, value).sendStatus(503);
      };
      app.use('/outside', failing, Router().use(handling('https://in.com')));
      app.use('/inside', Router().use(failing, handling('https://in.com')));
      app.use(
        '/origin',
        cors({ origin: (_: unknown, answer: (error: Error) => void) => answer(Object.assign(new Error('no'), { status: 403 })) }),
      );
      app
        .route('/route')
        .get(send)
        .options(cors({ origin: false }));
    },
    expect: [
      [`GET /outside | ${a}`, '409'],
      [`GET /inside | ${a}`, `503 | ${acao}: https://in.com`],
      [`GET /origin | ${a}`, '403'],
      [`OPTIONS /route | ${a} | ${asking}`, '404'],
    ],
  },
  ...([4, 5] as const).map((version): ExpressRow => ({
    fact: '3.15',
    what: 'what comes behind a route or a router, the status of errors, parameters, and what answers say by themselves',
    version,
    build: (app, _, load) => {
      const { Router, static: files } = load(`express${version}`) as Express;
      const allowing: Handler = (_request, response, next) => {
        response.set(acao, 'https://in.com');
        next();
      };
      const leaving =
        (past: string): Handler =>
        (_request, _response, next) => {
          next(past);
        };
      const failing =
        (status?: number): Handler =>
        (_request, response, next) => {
          response.statusCode = 403;
          next(Object.assign(new Error('no'), { status }));
        };
      app.get('/route', leaving('route'), allowing, send).get('/route', (_request: unknown, response: Response) => {
        response.sendStatus(202);
      });
      app.use('/used', leaving('route'), allowing);
      app.use('/router', Router().use(leaving('router')).get('/', allowing, send));
      app.get('/own', failing(409)).get('/set', failing()).get('/ok', failing(200));
      app.use('/parameter', Router().param('id', allowing).get('/:id', send).get('/', send));
      app.get('/redirect', (_request: unknown, response: Response) => {
        response.redirect('/');
      });
      app.get('/format', (_request: unknown, response: Response) => {
        response.format({ text: () => response.send('') });
      });
      const root = import.meta.dirname;
      const headers = { [acao]: '*' };
      const cacheControl = false;
      const setHeaders = (response: Response): void => void response.set(acao, '*');
      app.use('/files', files(root, { fallthrough: false, cacheControl, setHeaders }));
      app.get('/file', (_request: unknown, response: Response) => {
        response.sendFile('sheet.test.ts', { root, cacheControl, headers });
      });
      app.get('/missing', (_request: unknown, response: Response) => {
        response.sendFile('none', { root, headers });
      });
      app.get('/number', (_request: unknown, response: Response) => {
        response.send(404);
      });
    },
    expect: [
      ['GET /route', '202'],
      ['GET /used', `404 | ${acao}: https://in.com`],
      ['GET /router', '404'],
      ['GET /own', '409'],
      ['GET /set', '403'],
      ['GET /ok', '403'],
      ['GET /parameter/1', `200 | ${acao}: https://in.com`],
      ['GET /parameter', '200'],
      ['GET /redirect', '302 | Vary: Accept'],
      ['GET /format', '200 | Vary: Accept'],
      ['GET /files/sheet.test.ts', `200 | ${acao}: *`],
      ['GET /files/none', '404'],
      ['OPTIONS /files/sheet.test.ts', '405'],
      ['GET /file', `200 | ${acao}: *`],
      ['GET /missing', '404'],
      ['GET /number', version === 4 ? '404' : '200'],
    ],
  })),
];
