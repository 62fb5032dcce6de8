/**
 * The door to scslre. It is a CommonJS package: a chunk that holds nothing but such a package has only a default export, while the
 * one that holds this module has the name that is asked for.
 */
export { analyse } from 'scslre';
