/** A `Vary: Origin` that stands beside Allow-Origin, and that errors go without. */
import type { Authoring } from '../core/authoring.ts';
import type { FileEdit } from '../core/finding.ts';
import type { ResponseCase } from '../policy/evaluate.ts';
import type { HeaderWrite, Value } from '../policy/model.ts';
import { withName } from '../policy/view.ts';

/** The write of a Vary: Origin that was written for a response and is withheld from it. */
export function withheldVary(response: ResponseCase): HeaderWrite | undefined {
  const line = withName(response.withheld, 'Vary').find(({ value }) => namesOrigin(value));
  return line?.writes.find((write) => write.op !== 'unset');
}

/** Sends a Vary on errors too, where it is merged into what an application has put there. */
export function varyAlways(authoring: Authoring, vary: HeaderWrite): readonly FileEdit[] | undefined {
  const edits = authoring.sendAlways(vary);
  return edits && [...edits, ...(authoring.mergeVary(vary) ?? [])];
}

/** Whether a value of Vary tells caches that the Origin matters. */
export function namesOrigin(value: Value): boolean {
  return value.kind === 'literal' && value.text.split(',').some((name) => ['origin', '*'].includes(name.trim().toLowerCase()));
}
