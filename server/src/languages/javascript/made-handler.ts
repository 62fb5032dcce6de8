/** A handler that a framework makes around code of the author: a controller's method behind its guards. */
import type { CallSite, HostObject, JsValue } from './values.ts';

export class MadeHandler implements HostObject {
  readonly type = 'made handler';
  /** What a person would call it. */
  readonly name: string;
  /** Follows a request through it, with the arguments that the framework below gives to a handler. */
  readonly run: (args: readonly JsValue[], site: CallSite) => void;

  constructor(name: string, run: MadeHandler['run']) {
    this.name = name;
    this.run = run;
  }
}
