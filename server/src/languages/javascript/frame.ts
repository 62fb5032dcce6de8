/** Variables while statements are followed, and the undoing of what one branch changed before the other is followed. */
import { not } from '../../policy/condition.ts';
import type { Condition } from '../../policy/model.ts';
import type { Binding } from './scope.ts';
import type * as ts from './syntax.ts';
import { absentValue, type ArrayContents, choiceValue, type Cell, type JsValue, type Property, undefinedValue } from './values.ts';

/** The variables of one run of a module or function. */
export interface Frame {
  readonly parent: Frame | undefined;
  readonly file: ts.SourceFile;
  readonly uri: string;
  readonly cells: Map<Binding, Cell<JsValue>>;
  readonly self: JsValue | undefined;
}

export function openFrame(parent: Frame, self: JsValue | undefined = parent.self): Frame {
  return { parent, file: parent.file, uri: parent.uri, cells: new Map(), self };
}

/** The cell of a name, in this frame or an outer one. */
export function findCell(frame: Frame, binding: Binding): Cell<JsValue> | undefined {
  for (let current: Frame | undefined = frame; current; current = current.parent) {
    const cell = current.cells.get(binding);
    if (cell) return cell;
  }
  return undefined;
}

/** Cells hold values, array or object contents; a change is remembered with what was there. */
type AnyCell = Cell<unknown>;
export type Changes = ReadonlyMap<AnyCell, unknown>;

/** Remembers changes to cells so that they can be taken back. */
export class Trail {
  #log: { readonly cell: AnyCell; readonly before: unknown }[] = [];

  write<T>(cell: Cell<T>, value: T): void {
    this.#log.push({ cell, before: cell.value });
    cell.value = value;
  }

  /** Makes changes that no branch takes back, whatever it was in the middle of. */
  keep(run: () => void): void {
    const log = this.#log;
    this.#log = [];
    try {
      run();
    } finally {
      this.#log = log;
    }
  }

  mark(): number {
    return this.#log.length;
  }

  /** Takes back every change since the mark and answers with the values that it took away. */
  undo(mark: number): Changes {
    const changes = new Map<AnyCell, unknown>();
    for (let index = this.#log.length - 1; index >= mark; index--) {
      const entry = this.#log[index];
      if (!entry) continue;
      if (!changes.has(entry.cell)) changes.set(entry.cell, entry.cell.value);
      entry.cell.value = entry.before;
    }
    this.#log.length = mark;
    return changes;
  }

  /** Makes the changes of one branch, or those of two branches under their condition. */
  join(when: Condition, then: Changes, otherwise: Changes): void {
    for (const cell of new Set([...then.keys(), ...otherwise.keys()])) {
      const a = then.has(cell) ? then.get(cell) : cell.value;
      const b = otherwise.has(cell) ? otherwise.get(cell) : cell.value;
      this.write(cell, a === b ? a : joined(when, a, b));
    }
  }
}

function joined(when: Condition, a: unknown, b: unknown): unknown {
  if (isValue(a) && isValue(b)) return choiceValue(when, a, b);
  if (isContents(a) && isContents(b)) return joinedContents(when, a, b);
  if (isProperties(a) && isProperties(b)) {
    const merged = new Map<string, { value: JsValue }>();
    for (const name of new Set([...a.properties.keys(), ...b.properties.keys()])) {
      const [left, right] = [a.properties.get(name), b.properties.get(name)];
      if (left && left === right) merged.set(name, left);
      else
        merged.set(name, {
          ...(left ?? right),
          value: choiceValue(when, left?.value ?? absentValue, right?.value ?? absentValue),
        });
    }
    return { properties: merged, open: a.open || b.open };
  }
  if (a instanceof Map && b instanceof Map) return joinedMaps(when, a, b);
  return a;
}

/** The values that a Map holds, or the properties of a class, by their names. */
function joinedMaps(when: Condition, a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const merged = new Map<string, unknown>();
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const [left, right] = [a.get(name), b.get(name)];
    // What a class was declared with is not among its properties before somebody asks for it.
    const declared: JsValue = { kind: 'unknown', id: `static:${name}`, reason: 'unresolved' };
    if (left === right) merged.set(name, left);
    else if (isProperty(left) || isProperty(right))
      merged.set(name, { value: choiceValue(when, isProperty(left) ? left.value : declared, isProperty(right) ? right.value : declared) });
    else merged.set(name, choiceValue(when, isValue(left) ? left : undefinedValue, isValue(right) ? right : undefinedValue));
  }
  return merged;
}

/** Lists that begin alike: what one side added is there under the condition. */
function joinedContents(when: Condition, a: ArrayContents, b: ArrayContents): ArrayContents {
  const [longer, shorter] = a.elements.length >= b.elements.length ? [a, b] : [b, a];
  const added = longer === a ? when : not(when);
  const beginsAlike = shorter.elements.every((element, index) => element === longer.elements[index]);
  if (!beginsAlike) return { ...longer, open: true };
  const elements = longer.elements.map((element, index) =>
    index < shorter.elements.length ? element : choiceValue(added, element, undefinedValue),
  );
  return { ...longer, elements, open: a.open || b.open };
}

function isValue(value: unknown): value is JsValue {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
function isProperty(value: unknown): value is Property {
  return typeof value === 'object' && value !== null && 'value' in value && !('kind' in value);
}
function isContents(value: unknown): value is ArrayContents {
  return typeof value === 'object' && value !== null && 'elements' in value;
}
function isProperties(value: unknown): value is { properties: ReadonlyMap<string, { value: JsValue }>; open: boolean } {
  return typeof value === 'object' && value !== null && 'properties' in value;
}
