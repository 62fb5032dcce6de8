/** What is registered for paths, by their segments, so that what a request meets is found without asking all the rest. */
import { remember } from '../../core/remember.ts';

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  /** What ends here, with its number in the order of registration. */
  readonly here: Numbered<T>[];
  /** What has more than text next, or covers everything below. */
  readonly open: Numbered<T>[];
}

interface Numbered<T> {
  readonly number: number;
  readonly value: T;
}

/** The segments of a path in lower case up to the first that is more than text, and whether there is one. */
const textOf = remember((path): { readonly segments: readonly string[]; readonly isOpen: boolean } => {
  const segments = path.replace(/\/$/, '').toLowerCase().split('/');
  const open = segments.findIndex((segment) => /[:*(){}?+|]/.test(segment));
  return open < 0 ? { segments, isOpen: false } : { segments: segments.slice(0, open), isOpen: true };
});

export class PathIndex<T> {
  readonly #root: Node<T> = node();
  #size = 0;

  /** Adds what is registered for a path; `prefix`: for everything below it as well. */
  add(path: string, value: T, prefix = false): void {
    const { segments, isOpen } = textOf(path);
    let at = this.#root;
    for (const segment of segments) {
      let child = at.literals.get(segment);
      if (!child) at.literals.set(segment, (child = node()));
      at = child;
    }
    (isOpen || prefix ? at.open : at.here).push({ number: this.#size++, value });
  }

  /** What requests for a path may meet, in order; more than they do meet, where paths are more than text. */
  near(path: string): readonly T[] {
    const { segments, isOpen } = textOf(path);
    const found: Numbered<T>[] = [];
    let at: Node<T> | undefined = this.#root;
    found.push(...at.open);
    for (const segment of segments) {
      at = at.literals.get(segment);
      if (!at) break;
      found.push(...at.open);
    }
    if (at && isOpen) below(at, found);
    else if (at) found.push(...at.here);
    return [...new Set(found)].sort((a, b) => a.number - b.number).map(({ value }) => value);
  }
}

function below<T>({ literals, here, open }: Node<T>, found: Numbered<T>[]): void {
  for (const each of here) found.push(each);
  for (const each of open) found.push(each);
  for (const child of literals.values()) below(child, found);
}

function node<T>(): Node<T> {
  return { literals: new Map(), here: [], open: [] };
}
