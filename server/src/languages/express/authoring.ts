import type { SourceFile } from '../../core/files.ts';
import type { Authoring } from '../../core/authoring.ts';
import type * as ts from '../javascript/syntax.ts';
export function authoringFor(_file: SourceFile, _tree: ts.SourceFile): Authoring {
  const none = () => undefined;
  return { sendAlways: none, addHeaderBeside: none, varyByOrigin: none, remove: none, replaceValue: none, replaceText: none, replacePattern: none, removeEntry: none, allowOnly: none, answerPreflight: none, exemptPreflight: none, repeatWrites: none, carryInto: none, disableComment: none };
}
