/** Programs of NestJS: what is handed to the cors package, controllers, guards, modules' middleware, Fastify below. */
import { corsOptions, type Program, setUp } from './program.ts';

const imports = `import 'reflect-metadata';
import { NestFactory, APP_GUARD } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { All, applyDecorators, Body, Controller, Delete, ForbiddenException, Get, Header, Headers, HttpCode, HttpException, HttpStatus, Injectable, Module, Options, Post, Put, Req, RequestMethod, Res, UnauthorizedException, UseFilters, UseGuards, UseInterceptors, Catch } from '@nestjs/common';
`;

const users = `@Controller(['users', 'api/users'])
class Users {
  @Get() list() { return []; }
  @Get(':id') one() { return 1; }
  @Put() change() { return {}; }
}
`;

interface Shape {
  /** Options of the factory beside the logger. */
  readonly options?: string;
  /** What stands between the factory and the end. */
  readonly body?: string;
  /** Classes; `Users` is the controller. */
  readonly classes?: string;
  readonly module?: string;
  readonly adapter?: 'fastify';
  /** Whether the root module is decorated by the text in `module`. */
  readonly end?: string;
}

function nestProgram(
  name: string,
  { options = '', body = '', classes = users, module = 'controllers: [Users]', adapter, end = '' }: Shape,
): Program {
  return {
    name: adapter ? `${name} on Fastify` : name,
    isTypeScript: true,
    source: `${imports}${setUp}${classes}@Module({ ${module} })
class App {${end}}
async function main() {
  const app = await NestFactory.create(App, ${adapter ? 'new FastifyAdapter(), ' : ''}{ logger: false${options} });
  ${body}
  return app;
}
module.exports = main();`,
    ...(adapter ? { dependencies: { '@fastify/cors': '^11.0.0', '@nestjs/platform-fastify': '^11.2.0' } } : {}),
  };
}

const auth = '(req, res, next) => { if (!req.headers.authorization) return res.status(401).end(); next(); }';
const guard = `@Injectable()
class Guard { canActivate(context) { const request = context.switchToHttp().getRequest(); return request.headers.authorization !== undefined; } }
`;
const throwingGuard = `class Guard { async canActivate(context) { const request = context.switchToHttp().getRequest(); if (!request.headers.authorization) throw new UnauthorizedException(); return true; } }
`;
const byHand = `@Injectable()
class ByHand { use(req, res, next) { const { origin } = req.headers; res.setHeader('Vary', 'Origin'); if (allowed.includes(origin)) { res.setHeader('Access-Control-Allow-Origin', origin); res.setHeader('Access-Control-Allow-Methods', 'GET,PUT'); } if (req.method === 'OPTIONS') { res.statusCode = 204; res.end(); return; } next(); } }
`;
const guarded = `@UseGuards(Guard)\n${users}`;
const configure = (chain: string): string => ` configure(consumer) { consumer.${chain}; } `;
const wildcard = `@Controller('users')
class Users {
  @Get() @Header('Access-Control-Allow-Origin', '*') list() { return []; }
  @Put() @HttpCode(202) @Header('Access-Control-Allow-Origin', 'https://acme.io') @Header('Vary', 'Accept') change() { return {}; }
}
`;
const everything = `@Controller()
class Users {
  @All('users') @UseGuards(Guard) any() { return {}; }
  @Options('api/users') preflight(@Res() res) { res.header('Access-Control-Allow-Origin', '*').status(204).send(); }
  @Get('api/users') list(@Req() req, @Res({ passthrough: true }) res) { res.header('Access-Control-Allow-Origin', req.headers.origin ?? '*'); return []; }
}
`;
const composed = `const Open = (origin) => applyDecorators(Header('Access-Control-Allow-Origin', '*'), Header('Access-Control-Allow-Origin', origin), Header('Vary', 'Accept'));
const Item = (path) => applyDecorators(Put(path), Open('https://acme.io'), HttpCode(202));
const Api = (path) => applyDecorators(Controller(path));
@Api('users')
class Users {
  @Header('Vary', 'Origin') @Open('https://app.acme.io') @Get() list() { return []; }
  @Item('') change() { return {}; }
}
`;
const errors = `@Controller()
class Users {
  @Get('users') a() { throw new ForbiddenException(); }
  @Get('api/users') b() { throw new HttpException('no', HttpStatus.NOT_FOUND); }
  @Put('users') c(@Headers('origin') origin) { if (origin) throw new Error('no'); return {}; }
}
`;
const filtered = `class Broken extends Error {}
class Filter { catch(exception, host) { const response = host.switchToHttp().getResponse(); response.status(418).send('no'); } }
Catch(Broken)(Filter);
@UseFilters(new Filter())
@Controller()
class Users { @Get('users') a() { throw new Broken(); } @Put('users') b() { return {}; } }
`;
const intercepted = `class Adds { intercept(context, next) { context.switchToHttp().getResponse().header('Access-Control-Expose-Headers', 'X-Total'); return next.handle(); } }
@UseInterceptors(Adds)
${users}`;

const enabled = 'app.enableCors({ origin: allowed, credentials: true });';

const shapes: Readonly<Record<string, Shape>> = {
  'no options': { body: 'app.enableCors();' },
  'no cors': {},
  'on by the factory': { options: ', cors: true' },
  'off by the factory': { options: ', cors: false' },
  'options of the factory': { options: ', cors: { origin: allowed, credentials: true }' },
  'a prefix': { body: "app.setGlobalPrefix('api'); app.enableCors({ origin: allowed });" },
  'enabled after the start': { body: `await app.init(); ${enabled}` },
  'a guard': { classes: guard + guarded, body: enabled },
  'a guard without cors': { classes: guard + guarded },
  'a global guard': { classes: throwingGuard + users, body: `app.useGlobalGuards(new Guard()); ${enabled}` },
  'a guard of the root module': {
    classes: throwingGuard + users,
    module: 'controllers: [Users], providers: [{ provide: APP_GUARD, useClass: Guard }]',
    body: enabled,
  },
  'headers by decorators': { classes: wildcard },
  'headers by decorators behind cors': { classes: wildcard, body: enabled },
  'decorators that are put together': { classes: composed },
  'decorators that are put together behind cors': { classes: composed, body: enabled },
  'routes that take OPTIONS': { classes: throwingGuard + everything },
  'routes that take OPTIONS behind cors': { classes: guard + everything, body: enabled },
  'methods that throw': { classes: errors, body: enabled },
  'a filter that answers': { classes: filtered, body: enabled },
  'an interceptor': { classes: intercepted, body: enabled },
  'modules in modules': {
    classes: `${users}@Module({ controllers: [Users] })\nclass Inner { static register() { return { module: Inner }; } }\n`,
    module: 'imports: [Inner.register()]',
    body: enabled,
  },
};

const expressShapes: Readonly<Record<string, Shape>> = {
  'a delegate': { body: "app.enableCors((req, callback) => callback(null, { origin: req.method === 'GET' ? allowed : true }));" },
  'authentication before': { body: `app.use(${auth}); app.enableCors({ origin: allowed });` },
  'authentication behind': { body: `app.enableCors({ origin: allowed }); app.use(${auth});` },
  'authentication before the factory option': { options: ', cors: { origin: allowed }', body: `app.use(${auth});` },
  'by hand': { body: "app.use((req, res, next) => { res.header('Access-Control-Allow-Origin', '*'); next(); });" },
  'two of them': { options: ', cors: true', body: 'app.enableCors({ origin: allowed });' },
  "a module's middleware": { classes: byHand + users, end: configure("apply(ByHand).forRoutes('*')") },
  "a module's middleware by a pattern of Nest 11": { classes: byHand + users, end: configure("apply(ByHand).forRoutes('{*splat}')") },
  "a module's middleware for every method": {
    classes: byHand + users,
    end: configure("apply(ByHand).forRoutes({ path: '*', method: RequestMethod.ALL })"),
  },
  "a module's middleware behind the option": {
    classes: byHand + users,
    end: configure("apply(ByHand).forRoutes('*')"),
    options: ', cors: { origin: true }',
  },
  "authentication before a module's middleware": { classes: byHand + users, end: configure(`apply(${auth}, ByHand).forRoutes('*')`) },
  "a module's middleware under a prefix": {
    classes: byHand + users,
    end: configure("apply(ByHand).forRoutes('*')"),
    body: "app.setGlobalPrefix('api');",
  },
};

export const nestPrograms: readonly Program[] = [
  ...corsOptions.map((options) => nestProgram(options, { body: `app.enableCors(${options});` })),
  ...corsOptions
    .filter((_, index) => index % 4 === 0)
    .map((options) => nestProgram(options, { body: `app.enableCors(${options});`, adapter: 'fastify' })),
  ...Object.entries({ ...shapes, ...expressShapes }).map(([name, shape]) => nestProgram(name, shape)),
  ...Object.entries(shapes)
    .filter(([name]) => name !== 'enabled after the start')
    .map(([name, shape]) => nestProgram(name, { ...shape, adapter: 'fastify' })),
];
