/** How fixes are written in JavaScript, in the file's own style; each kind of edit is a file of its own. */
import type { Authoring, Insertion, InsertionRequest } from '../../core/authoring.ts';
import type { SourceFile } from '../../core/files.ts';
import type { Place } from '../../core/text.ts';
import type { HeaderWrite } from '../../policy/model.ts';
import { allowOnly } from './allowlist-edits.ts';
import { sendBeyondPreflight } from './beyond-preflight-edits.ts';
import { compareHost, listOrigins, removeEntry, replacePattern, respellPattern, splitText, testOrigin } from './check-edits.ts';
import { disableComment } from './comment-edits.ts';
import { deletion } from './deletion.ts';
import { EditableFile, type Edits } from './edits.ts';
import type { FrameworkEngine } from './framework.ts';
import { insertForm } from './insertion.ts';
import { guardOrigin, headerBeside, propertyOf } from './header-edits.ts';
import { registerFirst, replaceLayer } from './layer-edits.ts';
import { acceptPreflight } from './accept-edits.ts';
import { answerPreflight, carryInto, exemptPreflight } from './preflight-edits.ts';
import type * as ts from './syntax.ts';
import { defaultTo, replaceLiteral, spreadIntoArray } from './value-edits.ts';
import { mergeVary, varyAlways, varyByOrigin } from './vary-edits.ts';

/** The authoring of one file, in whichever frameworks it uses. */
export function authoringFor(source: SourceFile, tree: ts.SourceFile, frameworks: readonly FrameworkEngine[]): Authoring {
  const file = new EditableFile(source, tree);
  return {
    // Node sends what was set with every status; it is no proxy, and has no blocks that drop what outer ones send.
    sendAlways: () => undefined,
    hideUpstream: () => undefined,
    repeatWrites: () => undefined,
    addHeaderBeside: (write, header) => headerBeside(file, write, header),
    guardOrigin: (write) => guardOrigin(file, write),
    remove: (write) => remove(file, write),
    varyByOrigin: (write) => varyByOrigin(file, write),
    varyAlways: (write) => varyAlways(file, write),
    mergeVary: (write) => mergeVary(file, write),
    rewrite: (place, code) => rewrite(file, place, code),
    replaceValue: (write, text) => replaceLiteral(file, write.valuePlace, text),
    replaceText: (place, text) => replaceLiteral(file, place, text),
    spreadIntoArray: (place) => spreadIntoArray(file, place),
    defaultTo: (place, text) => defaultTo(file, place, text),
    replacePattern: (check, pattern, flags) => replacePattern(file, check, pattern, flags),
    respellPattern: (check, pattern, flags) => respellPattern(file, check, pattern, flags),
    listOrigins: (check, origins) => listOrigins(file, check, origins),
    testOrigin: (check, pattern) => testOrigin(file, check, pattern),
    compareHost: (check, reach) => compareHost(file, check, reach),
    splitText: (check) => splitText(file, check),
    removeEntry: (_check, entry) => removeEntry(file, entry),
    allowOnly: (write, part, origins) => allowOnly(file, write, part, origins),
    registerFirst: (layer) => registerFirst(file, layer),
    replaceLayer: (earlier, layer) => replaceLayer(file, earlier, layer),
    answerPreflight: (policy, refusal) => (refusal && acceptPreflight(file, refusal)) ?? answerPreflight(file, policy),
    exemptPreflight: (authentication, policy) => exemptPreflight(file, authentication, policy),
    carryInto: (answer, writes) => carryInto(file, answer, writes),
    sendBeyondPreflight: (writes, answer) => sendBeyondPreflight(file, writes, answer),
    disableComment: (offset, scope, ruleId) => disableComment(file, offset, scope, ruleId),
    insertConfiguration: (request) => insertConfiguration(file, frameworks, request),
  };
}

function rewrite(file: EditableFile, place: Place, code: string): Edits {
  if (place.uri !== file.file.uri) return undefined;
  if (code !== '') return [file.edit(place.range.start, place.range.end, code)];
  const node = file.nodeAt(place);
  return node && deletion(file, node);
}

function remove(file: EditableFile, write: HeaderWrite): Edits {
  // An option that another file sets: the call in this one writes more than it.
  if (write.namePlace.uri !== file.file.uri) return undefined;
  const option = propertyOf(file, write);
  // Without their option the packages let everybody in.
  if (option && file.textOf(option.name) === 'origin') return undefined;
  const node = option ?? file.nodeAt(write.place);
  return node && deletion(file, node);
}

function insertConfiguration(file: EditableFile, frameworks: readonly FrameworkEngine[], request: InsertionRequest): Insertion {
  const form = frameworks.map(({ forms }) => forms?.[request.form]).find((each) => each !== undefined);
  return form ? insertForm(file, request, form) : { refused: 'No framework has a form for this.' };
}
