/** Packages whose middleware is known by what it does, and names that speak for themselves only. */
import type { Observation } from '../../policy/observation.ts';
import type { JsValue, UnknownValue } from '../javascript/values.ts';

export type KnownMiddleware =
  | { readonly kind: 'quiet' }
  /** Refuses requests without credentials. `status` is what it answers with. */
  | {
      readonly kind: 'authentication';
      readonly status: number;
      readonly confidence: 'proven' | 'likely';
      readonly skipsAuthorizedPreflight?: boolean;
      /** It takes the token from the Authorization header. */
      readonly readsAuthorization?: boolean;
    }
  /** May write CORS headers that are not in sight. */
  | { readonly kind: 'cors' }
  | { readonly kind: 'unknown' };

interface AuthenticationPackage {
  readonly package: RegExp;
  /** The way from the package to the middleware. */
  readonly path: RegExp;
  readonly status?: number;
  readonly skipsAuthorizedPreflight?: boolean;
  /** It takes the token from the Authorization header, unless an option `getToken` takes it from elsewhere. */
  readonly readsAuthorization?: true;
}

const authenticationPackages: readonly AuthenticationPackage[] = [
  { package: /^passport$/, path: /authenticate\.\(\)$/ },
  {
    package: /^express-jwt$/,
    path: /^(expressjwt\.|expressJwt\.|jwt\.|default\.)?\(\)$/,
    skipsAuthorizedPreflight: true,
    readsAuthorization: true,
  },
  { package: /^express-oauth2-jwt-bearer$/, path: /^(requiredScopes|claimCheck|claimEquals)\.\(\)$/ },
  { package: /^express-oauth2-jwt-bearer$/, path: /^auth\.\(\)$/, readsAuthorization: true },
  { package: /^express-openid-connect$/, path: /^requiresAuth\.\(\)$/ },
  { package: /^express-basic-auth$/, path: /^\(\)$/ },
  { package: /^@clerk\/(express|clerk-sdk-node)$/, path: /^(requireAuth|ClerkExpressRequireAuth)\.\(\)$/ },
  { package: /^connect-ensure-login$/, path: /^ensureLoggedIn\.\(\)$/, status: 302 },
  { package: /^express-bearer-token$/, path: /^never$/ },
];

/** Packages that hold middleware without any effect on who may read a response. */
const quietPackages =
  /^(helmet|morgan|compression|body-parser|cookie-parser|cookie-session|express-session|multer|express-rate-limit|express-slow-down|rate-limiter-flexible|response-time|serve-favicon|method-override|csurf|hpp|connect-timeout|express-fileupload|pino-http|express-pino-logger|express-winston|winston|connect-flash|passport|express-validator|celebrate|i18n|i18next-http-middleware|express-status-monitor|errorhandler|express-ejs-layouts|swagger-ui-express|express-mongo-sanitize|xss-clean|express-useragent|express-device|vhost|cls-rtracer|express-http-context|on-headers|express-prom-bundle|@sentry\/node|raven|newrelic|dd-trace|connect-redis|connect-mongo|express-list-endpoints|express-requests-logger|apicache)$/;

export type Refused = Extract<Observation, { readonly kind: 'refusesFirst' }>['refuses'];

/** Which requests a package's middleware refuses by itself: bodies that a parser cannot read, or more than a limit allows. */
export function refusedBy({ provenance }: UnknownValue): { readonly name: string; readonly what: Refused } | undefined {
  if (provenance?.package === 'body-parser' && /^(?:json|urlencoded|raw|text)\.?/.test(provenance.path[0] ?? ''))
    return { name: `bodyParser.${provenance.path[0] ?? ''}()`, what: 'bodies' };
  if (provenance?.package !== 'express-rate-limit') return undefined;
  const [options] = provenance.args;
  const name = 'rateLimit()';
  if (options === undefined) return { name, what: 'too many requests' };
  // What a handler of the program's own answers is not in sight here, nor what options say that come from elsewhere.
  if (options.kind !== 'object' || options.contents.value.open) return undefined;
  const { properties } = options.contents.value;
  if (properties.has('handler')) return undefined;
  return { name, what: properties.has('skip') ? 'too many of some' : 'too many requests' };
}

/** Whether options are known to have no option of a name. */
function isLeftOut(options: JsValue | undefined, name: string): boolean {
  if (options === undefined) return true;
  return options.kind === 'object' && !options.contents.value.open && !options.contents.value.properties.has(name);
}

/** The last word of a name: `middleware.requireAuth` and `requireAuth()` are `requireAuth`. */
function lastWord(name: string): string {
  return /([A-Za-z_$][\w$]*)(?:\([^]*\))?$/.exec(name)?.[1] ?? name;
}

const authenticationName =
  /^(?:(?:is|ensure|requires?|check|verify|validate|must)(?:Is|Be)?_?(?:Auth\w*|Login|LoggedIn|SignedIn|Token|Jwt|AccessToken|Session|User|ApiKey|Bearer)\w*|auth(?:enticat\w*|oriz\w*|_?Middleware|Guard|Check|Required|Token|Jwt|User)?|\w+Auth(?:_?Middleware|Guard|Required|Check)?|jwt_?(?:Auth|Check|Middleware|Verify)\w*|protect(?:Route|ed)?|login_?Required)$/i;

/** A name that says that requests without credentials are refused. A guess, never a proof. */
export function soundsLikeAuthentication(name: string): boolean {
  const word = lastWord(name);
  return authenticationName.test(word) && !/router|routes|controller|config|options|optional/i.test(word);
}

function soundsLikeCors(name: string): boolean {
  return /cors|cross_?(?:origin|domain)|access_?control|(?:allow|set|add|check|validate)_?origins?|(?:set|add|send|default|response)_?headers?$/i.test(
    lastWord(name),
  );
}

/** Packages that answer requests by themselves or load what does, and what is imported by an alias or from the same repository. */
const routingPackages =
  /auto-?load|compose|graphql|@fastify\/express|koa-connect|middie|mount|prox|rout|trpc|^(?:[~#]|src\/|app\/|@(?!fastify\/|hono\/|koa\/|sentry\/))/i;

/** Whether what is registered for every request, and is not in sight, may have routes of its own. */
export function mayHaveRoutes(value: UnknownValue): boolean {
  return knownMiddleware(value, false).kind === 'unknown' && (!value.provenance || routingPackages.test(value.provenance.package));
}

/** What is known of a middleware whose code is not in sight. `mounted`: it is registered under a path, as routers are. */
export function knownMiddleware(value: UnknownValue, mounted: boolean): KnownMiddleware {
  const { provenance } = value;
  if (provenance) {
    const path = provenance.path.filter((each) => each !== 'default').join('.');
    for (const each of authenticationPackages)
      if (each.package.test(provenance.package) && each.path.test(path)) {
        if (
          /passport/.test(provenance.package) &&
          provenance.args.some((argument) => argument.kind === 'string' && argument.text === 'anonymous')
        )
          return { kind: 'quiet' };
        return {
          kind: 'authentication',
          status: each.status ?? 401,
          confidence: 'proven',
          ...(each.skipsAuthorizedPreflight ? { skipsAuthorizedPreflight: true } : {}),
          ...(each.readsAuthorization && isLeftOut(provenance.args[0], 'getToken') ? { readsAuthorization: true } : {}),
        };
      }
    if (quietPackages.test(provenance.package)) return { kind: 'quiet' };
  }
  const name = value.name ?? '';
  if (soundsLikeCors(name) || (provenance && soundsLikeCors(provenance.package))) return { kind: 'cors' };
  if (!mounted && soundsLikeAuthentication(name)) return { kind: 'authentication', status: 401, confidence: 'likely' };
  return { kind: 'unknown' };
}
