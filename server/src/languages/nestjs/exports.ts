/** What a program imports of NestJS: constants that stand in decorators, exceptions with their statuses, tokens of providers. */
import { type HostObject, hostValue, type JsValue, nativeFunction, plainObject, stringValue } from '../javascript/values.ts';
import { ComposedDecorators, decoratorNamed, MadeDecorator } from './decorators.ts';
import { MovedRoutes } from './modules.ts';

const exceptions: Readonly<Record<string, number | undefined>> = {
  BadRequestException: 400,
  UnauthorizedException: 401,
  ForbiddenException: 403,
  NotFoundException: 404,
  MethodNotAllowedException: 405,
  NotAcceptableException: 406,
  ConflictException: 409,
  GoneException: 410,
  PayloadTooLargeException: 413,
  UnsupportedMediaTypeException: 415,
  UnprocessableEntityException: 422,
  InternalServerErrorException: 500,
  NotImplementedException: 501,
  BadGatewayException: 502,
  ServiceUnavailableException: 503,
};

const statuses: Readonly<Record<string, number>> = {
  OK: 200,
  CREATED: 201,
  ACCEPTED: 202,
  NO_CONTENT: 204,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INTERNAL_SERVER_ERROR: 500,
};

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'ALL', 'OPTIONS', 'HEAD', 'SEARCH'];

/** `@nestjs/common`. */
export const commonExports: HostObject = {
  type: '@nestjs/common',
  get(name) {
    const status = Object.hasOwn(exceptions, name) ? exceptions[name] : undefined;
    if (status !== undefined) return exceptionOf(name, () => ({ kind: 'number', value: status }));
    if (name === 'HttpException') return exceptionOf(name, ([, given]) => given);
    if (name === 'HttpStatus')
      return plainObject(
        Object.fromEntries(Object.entries(statuses).map(([key, value]): [string, JsValue] => [key, { kind: 'number', value }])),
      );
    if (name === 'RequestMethod') return plainObject(Object.fromEntries(methods.map((method) => [method, stringValue(method)])));
    if (name === 'applyDecorators') return nativeFunction(name, (args) => hostValue(new ComposedDecorators(args)));
    return name === 'forwardRef' ? forwardRef : decoratorNamed(name);
  },
};

function exceptionOf(type: string, statusOf: (args: readonly JsValue[]) => JsValue | undefined): JsValue {
  const construct = (args: readonly JsValue[]): JsValue => {
    const status = statusOf(args);
    return plainObject(status ? { status } : {});
  };
  return hostValue({ type, construct });
}

/** `forwardRef(() => Module)`, where modules import each other: the function is called when modules are read. */
const forwardRef = nativeFunction('forwardRef', ([made]) => made && plainObject({ forwardRef: made }));

/** Constants of `@nestjs/core` that stand in modules. */
export function coreToken(name: string): JsValue | undefined {
  if (name === 'APP_GUARD' || name === 'APP_INTERCEPTOR' || name === 'APP_FILTER') return hostValue({ type: name });
  if (name === 'Reflector') return reflector;
  if (name !== 'RouterModule') return undefined;
  const register = nativeFunction('RouterModule.register', () => hostValue(new MovedRoutes()));
  return hostValue({ type: name, get: (member) => (member === 'register' ? register : undefined) });
}

/** `Reflector.createDecorator()` stores what it is given, as `SetMetadata` does. */
const reflector = hostValue({
  type: 'Reflector',
  get: (name) => (name === 'createDecorator' ? nativeFunction(name, () => storing) : undefined),
});
const storing = nativeFunction('decorator', (args, site) => hostValue(new MadeDecorator('SetMetadata', args, site)));
