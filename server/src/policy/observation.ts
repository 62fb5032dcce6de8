import type { Place } from '../core/text.ts';
import type { Authentication, HeaderWrite, Value } from './model.ts';

/** The routes of the application that a CORS layer is registered on; those that answer nothing but OPTIONS do not count. */
export interface RoutesAround {
  /** Where those stand that are registered before it. */
  readonly before: readonly Place[];
  readonly all: number;
  /** More may be registered behind it, out of sight. */
  readonly unseenBehind: boolean;
}

/** Around what is registered on no application, or for some of its requests only. */
export const noRoutes: RoutesAround = { before: [], all: 0, unseenBehind: false };

/**
 * What a text says about CORS beside its header lines. Rules read these together with the policies. Every kind is in
 * the words of the protocol or of the server, never of a syntax tree.
 */
export type Observation =
  /** nginx: a nested block whose own directive drops inherited header lines (behaviour 1.2), or un-hides names (1.10). */
  | {
      readonly kind: 'inheritanceLost';
      /** The block's first directive of that kind: where a finding stands. */
      readonly place: Place;
      readonly block: Place;
      readonly directive: string;
      readonly lost: readonly HeaderWrite[];
      /** The block writes CORS headers itself or answers preflights. */
      readonly meantForCors: boolean;
    }
  /** nginx: an `if` that can be true together with an earlier one and so throws away its lines (behaviour 1.4). */
  | { readonly kind: 'overridden'; readonly place: Place; readonly block: Place; readonly lost: readonly HeaderWrite[] }
  /** A write that throws where the request has no Origin (behaviour 3.8). */
  | { readonly kind: 'throwsWithoutOrigin'; readonly write: HeaderWrite }
  /** A header line written anywhere, reached or not. */
  | { readonly kind: 'headerWritten'; readonly write: HeaderWrite }
  /** An authentication in sight and the policies (ids) that it guards. */
  | { readonly kind: 'authentication'; readonly authentication: Authentication; readonly policies: readonly string[] }
  /** One CORS layer of an application: a cors() call, a plugin, or hand-written middleware. */
  | {
      readonly kind: 'corsLayer';
      readonly place: Place;
      readonly name: string;
      readonly byHand: boolean;
      readonly policies: readonly string[];
      readonly around: RoutesAround;
    }
  /** An option of an object that reaches a CORS package. `value` is undefined where it cannot be known. */
  | {
      readonly kind: 'corsOption';
      readonly package: string;
      readonly name: string;
      readonly namePlace: Place;
      readonly valuePlace: Place;
      readonly known: boolean;
      readonly valueType?:
        'string' | 'number' | 'boolean' | 'undefined' | 'null' | 'regexp' | 'array' | 'set' | 'object' | 'function' | 'environment';
      readonly value?: Value;
      /** Element types of an array value, in order. */
      readonly elements?: readonly { readonly type: string; readonly place: Place; readonly text?: string }[];
      readonly layer: Place;
      /** What has to be there for it to count, and is not, as somebody would write it. */
      readonly needs?: string;
    }
  /** A route of an application or a location's method. */
  | { readonly kind: 'route'; readonly method: string; readonly path: string; readonly place: Place; readonly policy: string }
  /** A request header that the program reads, a body that it parses as JSON (`content-type`). */
  | { readonly kind: 'requestHeaderRead'; readonly name: string; readonly place: Place; readonly policies: readonly string[] }
  /** A cookie that is set, with what its options say. */
  | {
      readonly kind: 'cookie';
      readonly place: Place;
      readonly sameSite?: { readonly value: string; readonly place: Place };
      readonly secure?: { readonly value: boolean | undefined; readonly place: Place };
      readonly domain?: string;
      readonly insertSecure?: Place;
    }
  /** A line or token that the server refuses at start or answers with 500 (behaviour 1.5, 2.8, 3.6, 3.8). */
  | {
      readonly kind: 'refused';
      readonly place: Place;
      readonly why: string;
      readonly remedy: string;
      readonly replacement?: string;
      /** More lines of the same block that are refused for the same reason. */
      readonly alike?: readonly Place[];
      /** The block that has no such lines, so that what it answers lacks them. */
      readonly block?: Place;
    }
  /** A variable that is read and that nothing sets, or that never holds what the author expects (behaviour 2.12, 2.14). */
  | { readonly kind: 'neverSet'; readonly place: Place; readonly variable: string; readonly why: string; readonly replacement?: string }
  /** A comparison of the request's method with a spelling that it never has. */
  | { readonly kind: 'methodNeverSent'; readonly place: Place; readonly text: string; readonly replacement: string }
  /**
   * The Origin that the application sees is changed or removed on the way. `ownAddress`: to the application's own address, so that it
   * takes every page for one of its own.
   */
  | { readonly kind: 'originHidden'; readonly place: Place; readonly policies: readonly string[]; readonly ownAddress: boolean }
  /** A callback that answers a foreign origin with an error. */
  | { readonly kind: 'originRejectedWithError'; readonly place: Place; readonly call: Place }
  /** A middleware passed without being called. `status`: what every request is answered with that meets it; absent where it hangs. */
  | { readonly kind: 'notCalled'; readonly place: Place; readonly name: string; readonly status?: number }
  /** A path that this version of the framework refuses or never matches, or whose wildcard's name it takes for text. */
  | {
      readonly kind: 'routePath';
      readonly place: Place;
      readonly path: string;
      readonly problem: 'throws' | 'never-matches' | 'name-is-text';
      readonly replacement: string;
      readonly framework: string;
    }
  /** An error page or error handler that answers in place of the policy, for certain statuses or for any. */
  | {
      readonly kind: 'errorAnswer';
      readonly place: Place;
      readonly policies: readonly string[];
      readonly what: string;
      /** The statuses that it answers with; every one that says of an error where it is absent. */
      readonly statuses?: readonly number[];
      /** Where it answers: a response that was decided outside of them is not its own. Absent where that is not known of any. */
      readonly answers?: readonly Place[];
      /** Where an error is thrown, where `place` is what loses its headers for it: the framework takes them back itself. */
      readonly thrownAt?: Place;
    }
  /** Middleware that refuses some requests itself, before a CORS layer has written its headers. */
  | {
      readonly kind: 'refusesFirst';
      readonly place: Place;
      readonly name: string;
      /** `too many of some`: a function of the program's says which requests count, and preflights may not. */
      readonly refuses: 'bodies' | 'too many requests' | 'too many of some';
      /** The CORS layer that comes too late for them. */
      readonly layer: Place;
      /** The layer is in a route or on another router, so that it cannot simply come first. */
      readonly apart: boolean;
    }
  /** A request that front-end code sends. */
  | {
      readonly kind: 'clientRequest';
      readonly place: Place;
      readonly api: 'fetch' | 'xhr' | 'axios';
      readonly headers: readonly { readonly name: string; readonly place: Place; readonly property: Place }[];
      readonly options: readonly {
        readonly name: string;
        readonly text?: string;
        readonly type: string;
        readonly namePlace: Place;
        readonly valuePlace: Place;
        readonly property: Place;
      }[];
      /** Whether the program reads the response. */
      readonly responseRead: boolean;
    }
  /** A launch argument that switches the browser's security off. */
  | {
      readonly kind: 'launchArgument';
      readonly text: string;
      readonly place: Place;
      /** The argument with the blanks before it, where it is one word of a command line. */
      readonly amongWords?: Place;
      /** Whether it belongs to tests. */
      readonly test: boolean;
    };
