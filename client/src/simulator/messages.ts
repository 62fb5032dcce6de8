/** What the simulator's panel and the page inside it tell each other. Types only: the page is a bundle of its own. */
import type { ProtocolRange, SimulatedForm, SimulatedPolicy, SimulateResult } from '../../../server/src/lsp/protocol.ts';

export type {
  SimulatedExchange,
  SimulatedForm,
  SimulatedHeader,
  SimulatedPolicy,
  SimulationResult,
} from '../../../server/src/lsp/protocol.ts';

/** What the page keeps while it is hidden, and the window over a restart. */
export interface PageState {
  /** The document that the request is simulated against. */
  readonly uri: string;
  readonly form: SimulatedForm;
}

export type ToPage =
  | {
      readonly kind: 'policies';
      readonly uri: string;
      readonly policies: readonly SimulatedPolicy[];
      /** The policy (id) whose request the form takes over. */
      readonly choose?: string;
    }
  /** `form` is the one that was asked about; the page may hold another by now. */
  | { readonly kind: 'result'; readonly result: SimulateResult; readonly form: SimulatedForm }
  | { readonly kind: 'copied' };

export type ToPanel =
  /** The page is loaded; the form is the kept one, or empty. */
  | { readonly kind: 'ready'; readonly form: SimulatedForm }
  | { readonly kind: 'simulate'; readonly form: SimulatedForm }
  | { readonly kind: 'open'; readonly uri: string; readonly range: ProtocolRange }
  | { readonly kind: 'copy'; readonly text: string };

/** The page's texts in the language of the editor. */
export type Words = Readonly<Record<WordKey, string>>;

export type WordKey =
  | 'anyPlace'
  | 'allowed'
  | 'blocked'
  | 'unknown'
  | 'passed'
  | 'failed'
  | 'undecided'
  | 'preflight'
  | 'actual'
  | 'request'
  | 'response'
  | 'name'
  | 'value'
  | 'writtenBy'
  | 'noHeaders'
  | 'notKnown'
  | 'statusNotKnown'
  | 'status'
  | 'mayBeSent'
  | 'mayAdd'
  | 'steps'
  | 'noCheck'
  | 'console'
  | 'curl'
  | 'copy'
  | 'copied'
  | 'mayRead'
  | 'everyOther'
  | 'line'
  | 'notSimulated'
  | 'notOurs'
  | 'executed'
  | 'notSent';
