/**
 * The words of the policy model: which header lines a server sends, under which condition on the request, and which
 * piece of text wrote each of them. Languages write policies in these words; `evaluate.ts` says what they mean.
 */
import type { OriginPart, OriginSet, Pattern } from '../cors/origins/origin-set.ts';
import type { LanguageId } from '../core/language.ts';
import type { Place } from '../core/text.ts';
import type { Codes, Methods } from './codes.ts';

/** Why something cannot be known. The list is closed: the conformance suites count unknowns by it. */
export type UnknownReason =
  | 'upstream' // another server or an application that is not in sight decides
  | 'file-system' // depends on which files exist where the server runs
  | 'outside' // an enclosing or including file is not in sight
  | 'unresolved' // an import, include, variable or call that cannot be followed
  | 'placeholder' // a template placeholder stands for text that is filled in later
  | 'environment' // an environment variable of the deployment
  | 'credentials' // depends on who the user is
  | 'routes' // a route that is not in sight may take the request
  | 'path' // depends on the path that is asked for, in a way that is not followed
  | 'undecided-pattern' // a pattern that is not translated or too large
  | 'unsupported' // a construct that the model has no words for
  | 'too-many-cases'; // the bound on cases was reached

/** A piece of the request other than its Origin. Header names in lower case. */
export type RequestDatum =
  | 'method'
  | 'scheme'
  | 'host'
  | 'path'
  | 'uri'
  | 'query'
  | 'body'
  | 'remote-address'
  | 'protocol'
  | `header:${string}`
  | `query:${string}`
  | `cookie:${string}`
  | `param:${string}`
  | `other:${string}`;

/** A text that depends on the request. `place` is where the author wrote it. */
export type Value =
  | { readonly kind: 'literal'; readonly text: string; readonly place?: Place }
  /** The Origin request header as sent. `absent` is the text that stands for it where the request has none. */
  | { readonly kind: 'origin'; readonly absent: string; readonly place?: Place }
  /** What the leftmost match of `pattern` in the Origin (as sent) holds in a group; '' where it does not match. */
  | { readonly kind: 'originPart'; readonly pattern: Pattern; readonly group: number | string; readonly place?: Place }
  | { readonly kind: 'request'; readonly datum: RequestDatum; readonly absent: string; readonly place?: Place }
  /** The same of another piece of the request; '' where it does not match. */
  | {
      readonly kind: 'requestPart';
      readonly datum: RequestDatum;
      readonly pattern: Pattern;
      readonly group: number | string;
      readonly place?: Place;
    }
  | { readonly kind: 'concat'; readonly parts: readonly Value[]; readonly place?: Place }
  /** The value of the first option whose condition holds. */
  | { readonly kind: 'choice'; readonly options: readonly Option[]; readonly otherwise: Value; readonly place?: Place }
  /** The value most lately assigned to a variable of the server's; `unset` where nothing was. */
  | { readonly kind: 'variable'; readonly name: string; readonly unset: string; readonly place?: Place }
  /** One unknown met twice is the same unknown: the id names it within a file's extraction. */
  | { readonly kind: 'unknown'; readonly id: string; readonly reason: UnknownReason; readonly place?: Place };

export interface Option {
  readonly when: Condition;
  readonly value: Value;
  readonly place?: Place;
}

/** How an author spelled a check on the Origin. */
export type CheckForm =
  | 'literal'
  | 'list'
  | 'set'
  | 'lookup'
  | 'equals'
  | 'includes'
  | 'indexOf'
  | 'startsWith'
  | 'endsWith'
  | 'search'
  | 'slice'
  | 'within' // the other way round: the Origin is looked for in a longer text
  | 'pattern';

export interface CheckEntry {
  /** The value as the server compares it. */
  readonly text: string;
  readonly place: Place;
}

/** Where a check on the Origin stands in the text: what a finding about it underlines, and what a fix rewrites. */
export interface OriginCheck {
  readonly form: CheckForm;
  readonly place: Place;
  /** The component of the parsed Origin that is tested, or of which a piece is; absent where it is the Origin as sent. */
  readonly part?: OriginPart;
  /**
   * The pattern, where the check is one; `place` then is the pattern's own text, delimiters included. Absent where it is tried on
   * a text that holds more than the Origin.
   */
  readonly pattern?: Pattern;
  /** The origins that the author meant, where what is admitted does not say so: each piece of a text that lists them. */
  readonly meant?: OriginSet;
  /** The entries of a list, set or lookup, or the one literal. */
  readonly entries?: readonly CheckEntry[];
  /** A pattern object that is used for more than one request, so that `g` and `y` make it remember (behaviour 3.1). */
  readonly reused?: boolean;
}

export type Condition =
  | { readonly kind: 'always' | 'never' }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** The request has an Origin and it is a member. */
  | { readonly kind: 'origin'; readonly in: OriginSet; readonly check?: OriginCheck }
  /** The request has no Origin header. Not the same as the origin `null`. */
  | { readonly kind: 'originAbsent' }
  | { readonly kind: 'method'; readonly in: Methods }
  /** Whether the request carries credentials that the place accepts. Never true of a preflight. */
  | { readonly kind: 'authenticated'; readonly authentication: Authentication }
  /** A text test on a value; the set is read as a set of plain strings. Tests on the Origin become `origin`. */
  | { readonly kind: 'test'; readonly value: Value; readonly in: OriginSet; readonly check?: OriginCheck }
  /**
   * `ofRequest`: asked of each request anew. `ofOrigin`: of its Origin, such as whether it is on a list that the deployment holds, so
   * that one page is always on the same side. `comparing`: how the Origin is compared, where what is unknown is only the text that it
   * is compared with. `setting`: it only holds where somebody has set an environment variable.
   */
  | {
      readonly kind: 'unknown';
      readonly id: string;
      readonly reason: UnknownReason;
      readonly ofRequest?: true;
      readonly ofOrigin?: true;
      readonly comparing?: OriginCheck;
      readonly setting?: Setting;
    };

/** What an environment variable has to be: `text`, or set at all. Without its name it is one whose text, or a list in it, a program looks into. */
export interface Setting {
  readonly variable?: string;
  readonly text?: string;
}

export interface Authentication {
  readonly place: Place;
  /** As the author calls it: `auth_basic`, `passport.authenticate('jwt')`, `requireAuth`. */
  readonly name: string;
  /** `likely` where only a name speaks for it. */
  readonly confidence: 'proven' | 'likely';
}

/**
 * Where a line is kept until it is sent. Each language sends from its own tables (`Policy.send`):
 * `response` Express and its like; `nginx` add_header; `headersMore` the headers-more module;
 * `onsuccess` and `always` Apache's two; `upstream` what an application behind a proxy sent.
 */
export type Table = 'response' | 'nginx' | 'headersMore' | 'onsuccess' | 'always' | 'upstream';

/**
 * `set` replaces lines of that name in the table; `add` adds a line; `append` adds to the line with `, `; `merge` the
 * same unless the item is there; `setIfEmpty` only where no line is; `unset` removes; `edit` replaces by pattern.
 */
export type Op = 'set' | 'add' | 'append' | 'merge' | 'setIfEmpty' | 'unset' | 'edit';

export interface HeaderWrite {
  readonly op: Op;
  readonly table: Table;
  /** As written. Comparison is case-insensitive. */
  readonly name: string;
  readonly value: Value;
  /** Statuses with which the line goes out; all where absent. */
  readonly statuses?: Codes;
  /** nginx sends no line for an empty value (behaviour 1.8). */
  readonly omitEmpty?: boolean;
  /** A default that nobody wrote: the places are those of what switches it on. */
  readonly implied?: true;
  /** For `edit`: what is replaced by `value`. */
  readonly edit?: { readonly pattern: Pattern; readonly all: boolean };
  /** What a program wrote it through, where that is known: it says which methods there are for another line beside it. */
  readonly through?: Writer;
  /** The whole directive or call. */
  readonly place: Place;
  readonly namePlace: Place;
  readonly valuePlace: Place;
  /** Where another file takes the line in: what it gives to the call that sends an imported object of headers. */
  readonly takenIn?: Place;
}

/**
 * A response of Node's own server, where nothing catches what a handler throws; the same under a framework that does (`raw`); a
 * response of a framework; or an object of `Headers`.
 */
export type Writer = 'node' | 'raw' | 'express' | 'fastify' | 'koa' | 'hono' | 'headers';

/** Who makes the response: the server itself, its files, a CGI-like handler, or an application. */
export type Answerer = 'server' | 'files' | 'cgi' | 'upstream' | 'application';

export type Step =
  | { readonly kind: 'write'; readonly write: HeaderWrite }
  | { readonly kind: 'branch'; readonly when: Condition; readonly then: Steps; readonly otherwise?: Steps; readonly place?: Place }
  | { readonly kind: 'assign'; readonly variable: string; readonly value: Value; readonly place?: Place }
  /** From here on this configuration writes the response; it swaps the earlier one whole (nginx `if`, `limit_except`). */
  | { readonly kind: 'configure'; readonly configuration: ResponseConfiguration }
  /**
   * Ends the request. `status` is what it may be; `place` what decided it. An error page in progress, or a forced status,
   * replaces the statuses in `overridable`, which is every status where it is absent.
   */
  | {
      readonly kind: 'answer';
      readonly status: Codes;
      readonly by: Answerer;
      readonly place?: Place;
      readonly refusal?: 'authentication' | 'access' | 'error';
      readonly overridable?: Codes;
    }
  /**
   * An application that is not in sight answers; whatever it sends is in `upstream`. Names in `hidden` (lower case)
   * are removed from what it sends. `into`: the table that its lines join, where the server keeps them in one of its own
   * (Apache, behaviour 2.4).
   */
  | {
      readonly kind: 'upstream';
      readonly by: 'upstream' | 'cgi';
      readonly hidden: readonly string[];
      readonly into?: Table;
      readonly place?: Place;
    }
  /** From here on the request is for another path, and stays where it is (nginx `rewrite … break`). */
  | { readonly kind: 'repath'; readonly path: string; readonly place?: Place }
  /** Starts over as a request for another path, or at a named policy; the status may be forced. */
  | { readonly kind: 'reroute'; readonly to: RerouteTarget; readonly method?: string; readonly status?: Codes; readonly place?: Place }
  /** Ends with an exception: the framework's error handler answers with the lines written so far. */
  | { readonly kind: 'fail'; readonly status: Codes; readonly place?: Place }
  /** No answer is ever sent (cors without its call). */
  | { readonly kind: 'hang'; readonly place: Place };

export type Steps = readonly Step[];
/**
 * `query` replaces the request's; null: it is not known.
 * A path is found by the routing, and so is the present path with a text behind it; a policy is entered as it is, with the
 * path that it is entered for where that is known.
 */
export type RerouteTarget =
  | { readonly path: string; readonly query?: string | null }
  | { readonly append: string }
  | { readonly policy: string; readonly path?: string; readonly query?: string | null }
  | { readonly unknown: UnknownReason };

export interface ResponseConfiguration {
  /** What writes the response's lines once its status is known: writes, branches and assignments only. */
  readonly respond: Steps;
  /** Pages for error statuses that the server makes itself, or that an upstream made where `interceptUpstream`. */
  readonly errorPages?: readonly ErrorPage[];
  /** What an error page answers may have an error page again: nginx's `recursive_error_pages on` (behaviour 1.14). */
  readonly recursive?: true;
  readonly interceptUpstream?: boolean;
  /** Something that is not in sight (an enclosing file, an include, a placeholder) may add lines to those of `respond`. */
  readonly open?: UnknownReason;
  readonly place?: Place;
}

export interface ErrorPage {
  readonly statuses: Codes;
  /** `redirect`: answers 302 with the same configuration's lines. */
  readonly to: RerouteTarget | { readonly redirect: string };
  /** nginx turns the method of a URI target into GET, but for HEAD (behaviour 1.14). */
  readonly method?: string;
  /** The status that is sent; the original one where absent, the target's own for `'target'`. */
  readonly status?: number | 'target';
  readonly place: Place;
}

/** A line as it goes over the wire. `value` is resolved as far as the case decides it. */
export interface HeaderLine {
  readonly name: string;
  readonly value: Value;
  /** What wrote it; absent for lines of an upstream and of the server itself. Several for joined lines. */
  readonly writes: readonly HeaderWrite[];
  /** The lines that a `set` took the place of. */
  readonly replaced?: readonly HeaderLine[];
}

/** The tables as they stand when the response is sent. */
export type Tables = Readonly<Partial<Record<Table, readonly HeaderLine[]>>>;

export interface Sending {
  readonly tables: Tables;
  readonly status: Codes;
  readonly by: Answerer;
}

/** Which lines go out in which order, and which were written but are not sent with this status and answerer. */
export interface Sent {
  readonly lines: readonly HeaderLine[];
  readonly withheld: readonly HeaderLine[];
}

export type PolicyKind = 'server' | 'location' | 'directory' | 'files' | 'htaccess' | 'application' | 'route';

/** What happens to the requests of one place: an nginx location, an Apache directory, an Express route. */
export interface Policy {
  /** The language or framework that it is written in; rules see the policies of those that they know. */
  readonly language: LanguageId;
  /** Unique within an extraction; `reroute` names it. */
  readonly id: string;
  /** As a person would call it: `location /api/`, `GET /users`. */
  readonly title: string;
  readonly kind: PolicyKind;
  /** The header of the block, or the route's or application's expression; code lenses stand here. */
  readonly place: Place;
  /** The whole block. */
  readonly extent: Place;
  /** The methods that a route answers; every method where absent. */
  readonly methods?: Methods;
  /** No request finds it by itself, only what others reroute comes here: those of this extraction, or ones out of sight as well. */
  readonly inner?: 'in sight' | 'also from elsewhere';
  readonly steps: Steps;
  /** Sends from the tables: the language's own rule. A pure function. */
  readonly send: (sending: Sending) => Sent;
  /** The file is a fragment whose enclosing configuration is not in sight. */
  readonly fragment: boolean;
  /** Serves only files (fonts, images, a document root), as far as the text tells. */
  readonly staticFiles?: boolean;
}

/** How a request finds its policy: the first alternative whose condition holds. */
export interface Alternative {
  readonly when: Condition;
  readonly policy: string;
}
