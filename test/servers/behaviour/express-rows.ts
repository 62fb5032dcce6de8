/** Facts of 3 and 5 about the cors package, and about headers that are written by hand on Express 4 and 5. */
import type { IncomingMessage } from 'node:http';
import type { Expectation } from './exchange.ts';
import { a, acao, asking, methods, send, varyHeaders } from './express-row.ts';
import type { ExpressRow, Handler } from './express-row.ts';

const acac = 'Access-Control-Allow-Credentials: true';
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
/** The same where the origin varies: cors merges both into one line. */
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
