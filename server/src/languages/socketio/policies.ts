/** The policy of a socket.io server: cors on the requests below its path, before the handshake (behaviour 10). */
import type { LanguageId } from '../../core/language.ts';
import { ExpressApplication, UnseenRoutes } from '../express/application.ts';
import type { CorsMiddleware } from '../express/cors-package.ts';
import { HandlerFollower } from '../express/handlers.ts';
import { observe, optionsOf } from '../express/observations.ts';
import { PolicyBuilder } from '../express/policies.ts';
import type { FrameworkPolicies, Reading } from '../javascript/framework.ts';
import { hostValue } from '../javascript/values.ts';

/** A server with its `cors` option and the path that its requests begin with. */
export interface SocketServer {
  readonly cors: CorsMiddleware;
  readonly path: string;
}

/** `name`: the package whose options these are. */
export function socketPolicies(
  { interpreter }: Reading,
  servers: readonly SocketServer[],
  language: LanguageId,
  name: string,
): FrameworkPolicies {
  const follower = new HandlerFollower(interpreter);
  const built = servers.map(({ cors, path }, index) => {
    const application = new ExpressApplication('application', cors.place, interpreter);
    application.addMiddleware(hostValue(cors), cors.place, path);
    application.addMiddleware(hostValue(new UnseenRoutes()), cors.place);
    const whole = new PolicyBuilder(follower, undefined, language).build(application, `socket.io ${index}:`, false);
    // Requests for other paths are not the server's.
    const policies = whole.policies
      .filter((policy) => policy.title.startsWith('use '))
      .map((policy) => ({ ...policy, title: `socket.io ${path}/` }));
    const ids = new Set(policies.map(({ id }) => id));
    return {
      ...whole,
      policies,
      routing: whole.routing.filter(({ policy }) => ids.has(policy)),
      handlers: whole.handlers.map((each) => ({ ...each, policies: each.policies.filter((id) => ids.has(id)) })),
    };
  });
  return {
    policies: built.flatMap((each) => each.policies),
    routing: built.flatMap((each) => each.routing),
    observations: observe(
      built,
      follower,
      optionsOf(
        servers.map(({ cors }) => cors),
        interpreter.stops,
        name,
      ),
    ),
  };
}
