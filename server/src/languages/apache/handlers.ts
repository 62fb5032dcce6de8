import { all, any, never, not } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import { matchingPaths, pathIn } from './paths.ts';
import { escapePattern } from './path-patterns.ts';
import type { ActiveLayer } from './responses.ts';

/** Handlers that run a program and read its answer as CGI does. */
const scriptHandler =
  /^(?:cgi-script|fcgid-script|fastcgi-script|wsgi-script|php[\w.-]*|application\/x-httpd-[\w.-]+|proxy:(?:unix:.*\||)?(?:fcgi|scgi|uwsgi|ajp):.*|proxy:unix:.*)$/i;

/** Extensions that servers run rather than send. */
const usualScripts = '\\.(?:php[0-9]?|phtml|phar|cgi|fcgi|pl|py|rb)(?:/|$)';

/**
 * When a program answers the request as CGI does: where a handler line says so, under ScriptAlias, and, in a file of a
 * server whose handlers are not in sight, for the extensions that no server sends as they are.
 */
export function scriptCondition(active: readonly ActiveLayer[], aliased: Condition, handlersUnseen: boolean): Condition {
  let script: Condition = any(aliased, handlersUnseen ? pathIn(matchingPaths(usualScripts)) : never);
  for (const { layer, when } of active) {
    for (const entry of layer.entries) {
      if (entry.kind !== 'item') continue;
      const condition = all(when, entry.guard);
      const [first, ...rest] = entry.values;
      if (first === undefined) continue;
      if (entry.directive.key === 'sethandler') {
        const runs = scriptHandler.test(first);
        script = runs ? any(condition, script) : all(not(condition), script);
      } else if ((entry.directive.key === 'addhandler' || entry.directive.key === 'addtype') && scriptHandler.test(first)) {
        const extensions = rest.flatMap((extension) => extension ?? []).map((extension) => escapePattern(extension.replace(/^\./, '')));
        if (extensions.length > 0)
          script = any(all(condition, pathIn(matchingPaths(`\\.(?:${extensions.join('|')})(?:\\.[^/]*)?(?:/|$)`))), script);
      }
    }
  }
  return script;
}
