import type { Authoring } from './authoring.ts';

/** The authoring of a text that no fix can be written into; what a language does write it puts in the place of these. */
export const unwritable: Authoring = {
  sendAlways: nothing,
  addHeaderBeside: nothing,
  varyByOrigin: nothing,
  varyAlways: nothing,
  mergeVary: nothing,
  rewrite: nothing,
  guardOrigin: nothing,
  hideUpstream: nothing,
  spreadIntoArray: nothing,
  replacePattern: nothing,
  respellPattern: nothing,
  listOrigins: nothing,
  removeEntry: nothing,
  answerPreflight: nothing,
  exemptPreflight: nothing,
  repeatWrites: nothing,
  carryInto: nothing,
  testOrigin: nothing,
  compareHost: nothing,
  splitText: nothing,
  registerFirst: nothing,
  replaceLayer: nothing,
  defaultTo: nothing,
  sendBeyondPreflight: nothing,
  replaceText: nothing,
  replaceValue: nothing,
  remove: nothing,
  allowOnly: nothing,
  disableComment: nothing,
};

function nothing(): undefined {
  return undefined;
}
