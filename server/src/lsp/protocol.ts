import type { CredentialsMode, Step, Verdict } from '../cors/fetch.ts';
import type { RequestField } from '../simulation/request.ts';

/**
 * Requests from the server to a client that reads files for it: in the browser and on virtual file systems there is no
 * other way. A client announces them with `initializationOptions.readsFiles`. Plain names and types, because the client
 * and the server have their own copies of the protocol's classes.
 */

import type { Range, WorkspaceEdit } from 'vscode-languageserver';
import type { Refusal } from '../core/authoring.ts';
import type { Explanation, NotRecognised } from '../cors/explain/explain.ts';
import type { WantedPolicy } from '../cors/wanted-policy.ts';

/**
 * The files that can matter to the server: server configurations, manifests and programs, and what says which of them count. In VS Code's
 * glob syntax, for listing and for watching them.
 */
export const filesOfInterest =
  '**/{*.conf,*.conf.*,*.vhost,*.inc,*.nginx,*.nginx.*,*.nginxconf,*.htaccess,.htaccess.*,sites-available/*,sites-enabled/*,conf.d/*,conf-available/*,conf-enabled/*,http.d/*,snippets/*,vhosts/*,vhosts.d/*,nginx/**,*.yaml,*.yml,*.js,*.mjs,*.cjs,*.jsx,*.ts,*.mts,*.cts,*.tsx,package.json,.gitignore,cors-lint.config.json}';

/** Text of a file as UTF-8, null where it cannot be read. */
export const readFileRequest = 'corsLint/readFile';
/** URIs of a folder's entries (folders end in `/`), null where it cannot be listed. */
export const readFolderRequest = 'corsLint/readFolder';
/** URIs of the workspace's files, without those that the editor's settings exclude. No parameters. */
export const listFilesRequest = 'corsLint/listFiles';

export interface FileParams {
  readonly uri: string;
}
export type ReadFileResult = string | null;
export type ReadFolderResult = string[] | null;
export type ListFilesResult = string[];

/** What our own client says at `initialize`; any other client may leave all of it away. */
export interface InitializationOptions {
  /** Whether the client answers the requests above. */
  readonly readsFiles?: boolean;
  /** Whether the client has the simulator, which code lenses open. */
  readonly simulates?: boolean;
  /** Editor settings for a client that does not answer `workspace/configuration`. */
  readonly settings?: unknown;
}

/** From the client to the server: simulates a request against an open document (SimulateParams). */
export const simulateRequest = 'corsLint/simulate';
/** From the client to the server: the policies of an open document (PoliciesParams), each with a request that meets it. */
export const policiesRequest = 'corsLint/policies';

/** A request as a form holds it, every field as text. */
export interface SimulatedForm {
  /** An origin, `null`, or `none`. */
  readonly origin: string;
  readonly method: string;
  /** A path, or a URL where the server's name matters. */
  readonly address: string;
  /** One `Name: value` a line. */
  readonly headers: string;
  readonly credentials: CredentialsMode;
  /** Empty: as the configuration leaves it. */
  readonly status: string;
}

export interface SimulateParams {
  readonly textDocument: { readonly uri: string };
  readonly form: SimulatedForm;
}

export interface PoliciesParams {
  readonly textDocument: { readonly uri: string };
}

/** In the order of the text; null where the document is closed or of no language. */
export type PoliciesResult = readonly SimulatedPolicy[] | null;

/** Positions as the protocol has them: lines and UTF-16 characters from 0. */
export interface ProtocolRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** A policy of the document with a request that meets it. */
export interface SimulatedPolicy {
  readonly id: string;
  /** Where it stands in the file; the same for policies that stand for one block. */
  readonly place: string;
  readonly title: string;
  /** Its code lens's text; undefined where it lets nobody read. */
  readonly summary?: string;
  readonly address: string;
  readonly method: string;
  /** Origins to try on it. */
  readonly honest: string;
  readonly lookalike: string;
}

export interface SimulatedHeader {
  readonly name: string;
  /** null: sent, but not known. */
  readonly value: string | null;
  /** The directive or call that wrote it, with `text` the line that it stands in. */
  readonly writtenBy?: { readonly uri: string; readonly range: ProtocolRange; readonly text: string };
}

export interface SimulatedExchange {
  readonly kind: 'preflight' | 'actual';
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
  };
  readonly response: {
    /** null: not known. */
    readonly status: number | null;
    readonly headers: readonly SimulatedHeader[];
    /** Names of lines that may or may not be sent. */
    readonly maybe: readonly string[];
    /** False where an application behind the server may add lines. */
    readonly complete: boolean;
  };
  readonly verdict: Verdict;
  readonly reason: string;
  readonly steps: readonly Step[];
  /** The whole line of the browser's console, where the exchange is blocked. */
  readonly console?: string;
  readonly curl: string;
}

/** null where the document is closed or of no language. */
export type SimulateResult = SimulationProblem | SimulationResult | null;

/** The form holds no request that a page can make. */
export interface SimulationProblem {
  readonly problem: string;
  readonly field?: RequestField;
}

export interface SimulationResult {
  /** The policy that the request itself finds, as `SimulatedPolicy` names it; undefined where that is not certain. */
  readonly answeredBy?: { readonly place: string; readonly title: string };
  readonly exchanges: readonly SimulatedExchange[];
  /** Response headers that the page may read; `*` stands for every other one. */
  readonly exposed: readonly string[];
  readonly verdict: Verdict;
  readonly reason: string;
}
/** A server's command that any client can run; the answer is a `ScanResult`. Progress is reported and it can be cancelled. */
export const scanWorkspaceCommand = 'cors-lint.scanWorkspace';

export interface ScanResult {
  /** Files that were looked at. */
  readonly files: number;
  /** Files with a problem, and the problems in them, those of open documents included. */
  readonly filesWithProblems: number;
  readonly problems: number;
  readonly cancelled: boolean;
}

/** The forms in which a policy can be written at a position of an open document; null where its language has none. */
export const configurationFormsRequest = 'corsLint/configurationForms';
export interface ConfigurationFormsParams extends FileParams {
  /** Counted from 0, as the protocol counts. */
  readonly position: { readonly line: number; readonly character: number };
}
export interface ConfigurationFormsResult {
  /** The language's name, for a title. */
  readonly language: string;
  readonly forms: readonly { readonly id: string; readonly title: string }[];
  /** Why none of them can be written there, so that nobody is asked for a policy in vain. */
  readonly refusal: Refusal | undefined;
}

/** Writes a policy at a position of an open document. */
export const insertConfigurationRequest = 'corsLint/insertConfiguration';
export interface InsertConfigurationParams {
  readonly uri: string;
  /** Counted from 0, as the protocol counts. */
  readonly position: { readonly line: number; readonly character: number };
  readonly form: string;
  readonly wanted: WantedPolicy;
}
export type InsertConfigurationResult = { readonly edit: WorkspaceEdit } | Refusal;

/** What a browser's console message means, and which places of the workspace cause it. */
export const explainErrorRequest = 'corsLint/explainError';
export interface ExplainErrorParams {
  readonly text: string;
}
export interface CausingPlace {
  readonly uri: string;
  readonly range: Range;
  readonly ruleId: string;
  readonly message: string;
  /** Titles of the fixes that there are. */
  readonly fixes: readonly string[];
}
export interface ExplainErrorResult {
  readonly explanation: Explanation | NotRecognised;
  readonly places: readonly CausingPlace[];
}

/** The edit of a fix at a place that an explanation named; null where it is gone. */
export const explainedFixRequest = 'corsLint/explainedFix';
export interface ExplainedFixParams {
  readonly uri: string;
  readonly range: Range;
  readonly ruleId: string;
  readonly title: string;
}
export type ExplainedFixResult = WorkspaceEdit | null;
