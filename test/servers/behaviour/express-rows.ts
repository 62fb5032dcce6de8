/** Facts 3.1–3.15: Express 4 and 5, and the cors package. */
import type { IncomingMessage } from 'node:http';
import type { Expectation } from './exchange.ts';
import { send } from './express-row.ts';
import type { Application, ExpressRow, Handler, Response } from './express-row.ts';

const acao = 'Access-Control-Allow-Origin';
const acac = 'Access-Control-Allow-Credentials: true';
const methods = 'Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE';
/** The part of passport that a row uses. */
interface Passport {
  use(strategy: object): Passport;
  authenticate(name: string, options: object): Handler;
}

/** The part of passport-jwt that a row uses. */
interface PassportJwt {
  readonly Strategy: new (options: object, verify: (payload: unknown, done: (error: unknown, user: object) => void) => void) => object;
  readonly ExtractJwt: { fromAuthHeaderAsBearerToken(): unknown };
}

/** The part of Express beside its applications that a row uses. */
interface Express {
  readonly Router: () => Application;
  readonly static: (root: string, options: object) => Handler;
}

const a = 'Origin: https://a.com';
const asking = 'Access-Control-Request-Method: PUT';

/** What an `origin` option does to a request from https://a.com. */
function option(what: string, origin: unknown, got: string, preflight: string, more: readonly Expectation[] = []): ExpressRow {
  return {
    fact: '3.1',
    what,
    build: (app, cors) => void app.use(cors({ origin })).get('/', send),
    expect: [[`GET / | ${a}`, got], [`OPTIONS / | ${a} | ${asking}`, preflight], ...more],
  };
}

const vary = 'Vary: Origin';
/** The Vary of a preflight where nothing else varies, and where the origin does: cors merges both into one line. */
const varyHeaders = 'Vary: Access-Control-Request-Headers';
const varyBoth = 'Vary: Origin, Access-Control-Request-Headers';
const off = ['200', '200'] as const;
const never = [`200 | ${vary}`, `204 | ${varyBoth} | ${methods}`] as const;
const reflected = [`200 | ${acao}: https://a.com | ${vary}`, `204 | ${acao}: https://a.com | ${varyBoth} | ${methods}`] as const;

export const expressRows: readonly ExpressRow[] = [
  {
    fact: '3.1',
    what: 'origin omitted: *, no Vary',
    build: (app, cors) => void app.use(cors()).get('/', send),
    expect: [
      [`GET / | ${a}`, `200 | ${acao}: *`],
      [`OPTIONS / | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
    ],
  },
  option("origin '*'", '*', `200 | ${acao}: *`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`),
  option(
    'a text is sent whatever the origin',
    'https://b.com',
    `200 | ${acao}: https://b.com | ${vary}`,
    `204 | ${acao}: https://b.com | ${varyBoth} | ${methods}`,
  ),
  option(
    'a text with commas is sent as it is',
    'https://a.com,https://b.com',
    `200 | ${acao}: https://a.com,https://b.com | ${vary}`,
    `204 | ${acao}: https://a.com,https://b.com | ${varyBoth} | ${methods}`,
  ),
  option('undefined: CORS off', undefined, ...off),
  option('null: CORS off', null, ...off),
  option("'': CORS off", '', ...off),
  option('false: CORS off', false, ...off),
  option('true reflects any origin, null too', true, ...reflected, [['GET / | Origin: null', `200 | ${acao}: null | ${vary}`]]),
  option('an array that matches', ['https://b.com', 'https://a.com'], ...reflected),
  option("['*'] never matches", ['*'], ...never),
  option('[] never matches', [], ...never),
  option('a slash at the end never matches', ['https://a.com/'], ...never),
  option('upper case never matches', ['https://A.com'], ...never),
  option('https://*.com never matches', ['https://*.com'], ...never),
  option('a pattern is an unanchored search', /a\.com/, ...reflected, [
    ['GET / | Origin: https://a.com.evil.com', `200 | ${acao}: https://a.com.evil.com | ${vary}`],
  ]),
  option('a Set allows every origin', new Set(['https://b.com']), ...reflected),
  option('an object allows every origin', { 'https://b.com': true }, ...reflected),
  option('an array with true allows every origin', ['https://b.com', true], ...reflected),
  option('an array with a function allows every origin', [(): boolean => false], ...reflected),
  {
    fact: '3.1',
    what: 'a pattern with g alternates between allow and deny',
    build: (app, cors) => void app.use(cors({ origin: /^https:\/\/a\.com$/g })).get('/', send),
    expect: [
      [`GET / | ${a}`, `200 | ${acao}: https://a.com | ${vary}`],
      [`GET / | ${a}`, `200 | ${vary}`],
      [`GET / | ${a}`, `200 | ${acao}: https://a.com | ${vary}`],
    ],
  },
  {
    fact: '3.1',
    what: 'an array that does not match still sends the credentials, the methods and 204',
    build: (app, cors) => void app.use(cors({ origin: ['https://b.com'], credentials: true, allowedHeaders: ['X-A'] })).get('/', send),
    expect: [
      [`GET / | ${a}`, `200 | ${vary} | ${acac}`],
      [`OPTIONS / | ${a} | ${asking}`, `204 | ${vary} | ${acac} | ${methods} | Access-Control-Allow-Headers: X-A`],
    ],
  },
  {
    fact: '3.2',
    what: 'an origin function: false sends nothing, an error is a 500 without CORS headers, on the preflight too',
    build: (app, cors) => {
      type Answer = (error: Error | null, allowed?: unknown) => void;
      const origin = (asked: string | undefined, answer: Answer): void => {
        if (asked === 'https://error.com') answer(new Error('no'));
        else answer(null, asked === 'https://a.com');
      };
      app.use(cors({ origin })).get('/', send);
    },
    expect: [
      [`GET / | ${a}`, `200 | ${acao}: https://a.com | ${vary}`],
      ['GET / | Origin: https://b.com', '200'],
      ['GET / | Origin: https://error.com', '500'],
      [`OPTIONS / | Origin: https://error.com | ${asking}`, '500'],
    ],
  },
  {
    fact: '3.3',
    what: "credentials: true without origin sends * and true; 'true' is ignored",
    build: (app, cors) => void app.get('/true', cors({ credentials: true }), send).get('/text', cors({ credentials: 'true' }), send),
    expect: [
      [`GET /true | ${a}`, `200 | ${acao}: * | ${acac}`],
      [`GET /text | ${a}`, `200 | ${acao}: *`],
    ],
  },
  {
    fact: '3.4',
    what: 'the preflight reflects the asked headers and varies on them; [] sends none; methods are sent as written; unknown names are ignored',
    build: (app, cors) => {
      app.options('/default', cors());
      app.options('/none', cors({ allowedHeaders: [] }));
      app.options('/methods', cors({ methods: ['put', 'GET'] }));
      app.options('/unknown', cors({ optionSuccessStatus: 200, allowHeaders: 'X-A', credential: true }));
    },
    expect: [
      [
        `OPTIONS /default | ${a} | ${asking} | Access-Control-Request-Headers: X-B, x-c`,
        `204 | ${acao}: * | ${methods} | ${varyHeaders} | Access-Control-Allow-Headers: X-B, x-c`,
      ],
      [`OPTIONS /none | ${a} | ${asking} | Access-Control-Request-Headers: X-B`, `204 | ${acao}: * | ${methods}`],
      [`OPTIONS /methods | ${a} | ${asking}`, `204 | ${acao}: * | Access-Control-Allow-Methods: put,GET | ${varyHeaders}`],
      [`OPTIONS /unknown | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
    ],
  },
  {
    fact: '3.5',
    what: 'cors() on a route of one method leaves OPTIONS to Express, all and use do not',
    build: (app, cors) => {
      app.get('/get', cors(), send).all('/all', cors(), send).use('/use', cors());
      app.route('/route').all(cors()).get(send);
    },
    also: ['allow'],
    expect: [
      [`OPTIONS /get | ${a} | ${asking}`, '200 | Allow: …'],
      [`OPTIONS /all | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`OPTIONS /use | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`OPTIONS /route | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
    ],
  },
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
    fact: '3.8',
    what: 'setHeader with undefined throws; set sends the word in Express 4',
    version: 4,
    build: (app) => {
      app.get('/setHeader', (request: IncomingMessage, response: Parameters<Handler>[1]) => {
        response.setHeader(acao, request.headers.origin as string);
        response.send('ok');
      });
      app.get(
        '/set',
        (request: IncomingMessage, response: Parameters<Handler>[1]) => void response.set(acao, request.headers.origin).send('ok'),
      );
    },
    expect: [
      ['GET /setHeader', '500'],
      [`GET /setHeader | ${a}`, `200 | ${acao}: https://a.com`],
      ['GET /set', `200 | ${acao}: undefined`],
    ],
  },
  {
    fact: '3.8',
    what: 'the same in Express 5',
    version: 5,
    build: (app) => {
      app.get(
        '/set',
        (request: IncomingMessage, response: Parameters<Handler>[1]) => void response.set(acao, request.headers.origin).send('ok'),
      );
    },
    expect: [['GET /set', `200 | ${acao}: undefined`]],
  },
  {
    fact: '3.9',
    what: 'an array gives several lines; setHeader erases an earlier Vary, res.vary merges',
    build: (app) => {
      app.get('/array', (_request: IncomingMessage, response: Parameters<Handler>[1]) => {
        response.setHeader(acao, ['https://a.com', 'https://b.com']);
        response.send('ok');
      });
      app.get('/erase', (_request: IncomingMessage, response: Parameters<Handler>[1]) => {
        response.vary('Accept').setHeader('Vary', 'Origin');
        response.send('ok');
      });
      app.get(
        '/merge',
        (_request: IncomingMessage, response: Parameters<Handler>[1]) => void response.vary('Accept').vary('Origin').send('ok'),
      );
    },
    expect: [
      ['GET /array', `200 | ${acao}: https://a.com | ${acao}: https://b.com`],
      ['GET /erase', '200 | Vary: Origin'],
      ['GET /merge', '200 | Vary: Accept, Origin'],
    ],
  },
  {
    fact: '3.10',
    what: 'of two cors() the first answers the preflight, the second shapes the response; req.headers.Origin is undefined',
    build: (app, cors) => {
      app.use(cors({ origin: 'https://first.com' })).use(cors({ origin: 'https://second.com' }));
      app.get(
        '/',
        (request: IncomingMessage, response: Parameters<Handler>[1]) =>
          void response.set('Seen', String(request.headers['Origin'])).send('ok'),
      );
    },
    expect: [
      [`OPTIONS / | ${a} | ${asking}`, `204 | ${acao}: https://first.com | ${varyBoth} | ${methods}`],
      [`GET / | ${a}`, `200 | ${acao}: https://second.com | ${vary} | Seen: undefined`],
    ],
  },
  {
    fact: '3.10',
    what: 'the keys of req.headers, in lower case, tell whether there is an Origin',
    build: (app) => {
      app.get('/', ({ headers }: IncomingMessage, response: Parameters<Handler>[1]) => {
        const own = Object.prototype.hasOwnProperty.call(headers, 'origin');
        response.set('Seen', ['Origin' in headers, 'origin' in headers, Object.hasOwn(headers, 'origin'), own].join(' ')).send('ok');
      });
    },
    expect: [
      [`GET / | ${a}`, '200 | Seen: false true true true'],
      ['GET /', '200 | Seen: false false false false'],
    ],
  },
  {
    fact: '3.10',
    what: "app.use('/api') matches /API and not /apix",
    build: (app, cors) => void app.use('/api', cors()).all('/apix', send),
    expect: [
      [`OPTIONS /API/x | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`GET /apix | ${a}`, '200'],
    ],
  },
  {
    fact: '3.11',
    what: 'express-jwt lets a preflight pass only where it asks for Authorization; the jwt strategy of passport never does',
    build: (app, _cors, load) => {
      const { expressjwt } = load('express-jwt') as { expressjwt: (options: object) => Handler };
      const passport = (load('passport') as { Passport: new () => Passport }).Passport;
      const { Strategy, ExtractJwt } = load('passport-jwt') as PassportJwt;
      const own = new passport().use(
        new Strategy({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 'secret' }, (_payload, done) => {
          done(null, {});
        }),
      );
      app.use('/express-jwt', expressjwt({ secret: 'secret', algorithms: ['HS256'] }));
      app.use('/passport', own.authenticate('jwt', { session: false }));
      app.all('/express-jwt', send).all('/passport', send);
    },
    expect: [
      [`OPTIONS /express-jwt | ${a} | ${asking}`, '401'],
      [`OPTIONS /express-jwt | ${a} | ${asking} | Access-Control-Request-Headers: authorization`, '200'],
      [`OPTIONS /passport | ${a} | ${asking}`, '401'],
      [`OPTIONS /passport | ${a} | ${asking} | Access-Control-Request-Headers: authorization`, '401'],
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
  {
    fact: '5.4',
    what: 'CORS by hand: vary always, the rest where the origin is allowed, OPTIONS answered only for a preflight',
    build: (app) => {
      const handler: Handler = (request, response, next) => {
        response.vary('Origin');
        if (request.headers.origin === 'https://a.com') response.setHeader(acao, 'https://a.com');
        if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) response.sendStatus(204);
        else next();
      };
      app.use(handler).get('/', send);
    },
    expect: [
      [`GET / | ${a}`, `200 | ${vary} | ${acao}: https://a.com`],
      ['GET / | Origin: https://b.com', `200 | ${vary}`],
      ['GET /', `200 | ${vary}`],
      [`OPTIONS / | ${a} | ${asking}`, `204 | ${vary} | ${acao}: https://a.com`],
      [`OPTIONS / | ${a}`, `200 | ${vary} | ${acao}: https://a.com`],
    ],
  },
  {
    fact: '5.6',
    what: 'cors on a single GET route leaves its preflight without CORS headers until app.options has it too',
    build: (app, cors) => {
      app.get('/bare', cors(), send).options('/whole', cors()).get('/whole', cors(), send);
    },
    expect: [
      [`OPTIONS /bare | ${a} | ${asking}`, '200'],
      [`OPTIONS /whole | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
    ],
  },
  {
    fact: '5.7',
    what: 'optionsSuccessStatus is 204 by default',
    build: (app, cors) => void app.use('/default', cors()).use('/legacy', cors({ optionsSuccessStatus: 200 })),
    expect: [
      [`OPTIONS /default | ${a} | ${asking}`, `204 | ${acao}: * | ${methods} | ${varyHeaders}`],
      [`OPTIONS /legacy | ${a} | ${asking}`, `200 | ${acao}: * | ${methods} | ${varyHeaders}`],
    ],
  },
];
