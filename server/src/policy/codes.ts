/**
 * A set of members of an open domain (HTTP status codes, method names): the listed ones, or all but the listed ones.
 * Closed under union, intersection and complement.
 */
export interface Choice<T extends string | number> {
  readonly kind: 'in' | 'notIn';
  readonly members: readonly T[];
}

/** HTTP status codes. */
export type Codes = Choice<number>;
/** HTTP methods, case-sensitive. */
export type Methods = Choice<string>;

export const anyOf = <T extends string | number>(...members: readonly T[]): Choice<T> => ({ kind: 'in', members });
export const allBut = <T extends string | number>(...members: readonly T[]): Choice<T> => ({ kind: 'notIn', members });
export const everything: Choice<never> = { kind: 'notIn', members: [] };

export function has<T extends string | number>(choice: Choice<T>, member: T): boolean {
  return choice.members.includes(member) === (choice.kind === 'in');
}

export function complement<T extends string | number>(choice: Choice<T>): Choice<T> {
  return { kind: choice.kind === 'in' ? 'notIn' : 'in', members: choice.members };
}

export function intersect<T extends string | number>(a: Choice<T>, b: Choice<T>): Choice<T> {
  if (a.kind === 'in') return { kind: 'in', members: a.members.filter((member) => has(b, member)) };
  if (b.kind === 'in') return intersect(b, a);
  return { kind: 'notIn', members: [...new Set([...a.members, ...b.members])] };
}

export function isEmpty<T extends string | number>(choice: Choice<T>): boolean {
  return choice.kind === 'in' && choice.members.length === 0;
}

export function isSubset<T extends string | number>(a: Choice<T>, b: Choice<T>): boolean {
  return isEmpty(intersect(a, complement(b)));
}

/** The one member of a set that has exactly one. */
export function single<T extends string | number>(choice: Choice<T>): T | undefined {
  return choice.kind === 'in' && choice.members.length === 1 ? choice.members[0] : undefined;
}

/** 4xx and 5xx, as far as servers use them. */
export const errorStatuses: readonly number[] = [
  400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 421, 422, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503,
  504, 505,
];

/** The ok statuses of the Fetch standard (§2.2.3), with which a preflight passes. */
export function isOk(status: number): boolean {
  return status >= 200 && status <= 299;
}
