import type { Authoring } from '../../core/authoring.ts';
import type { SourceFile } from '../../core/files.ts';
import type { Host } from './hosts.ts';
import type { ApacheFile } from './syntax.ts';

export function authoringOf(_file: SourceFile, _tree: ApacheFile, _hosts: readonly Host[]): Authoring {
  const none = (): undefined => undefined;
  return {
    sendAlways: none, addHeaderBeside: none, varyByOrigin: none, remove: none, replaceValue: none, replaceText: none, replacePattern: none,
    removeEntry: none, allowOnly: none, answerPreflight: none, exemptPreflight: none, repeatWrites: none, carryInto: none, disableComment: none,
    varyAlways: none, mergeVary: none, rewrite: none, guardOrigin: none, hideUpstream: none, spreadIntoArray: none,
  };
}
