/** What comes of a request without Origin where a program sends back what is not there. */
import type { RuleContext } from '../core/rule.ts';
import { samePlace } from '../core/text.ts';
import type { HeaderWrite } from '../policy/model.ts';

/** The rest of a sentence about a write that reflects; empty where nothing throws. */
export function brokenWithoutOrigin({ observations }: Pick<RuleContext, 'observations'>, write: HeaderWrite | undefined): string {
  // A function that another handler calls is followed by itself as well, where nothing around it catches anything.
  const throws = ({ place, through }: HeaderWrite): boolean =>
    observations.some(
      (each) => each.kind === 'throwsWithoutOrigin' && samePlace(each.write.place, place) && each.write.through === through,
    );
  if (!write || !throws(write)) return '';
  return endsProcess(write) ? ", and one request without Origin ends the server's process" : ', and a request without Origin gets a 500';
}

/** Node's own server catches nothing that a handler throws. */
export function endsProcess({ through }: HeaderWrite): boolean {
  return through === 'node';
}
