import type { SourceFile } from '../../core/files.ts';
import type { Policy } from '../../policy/model.ts';
import type { Observation } from '../../policy/observation.ts';
import type { Host } from './hosts.ts';
import type { ApacheFile } from './syntax.ts';

export function observationsOf(_tree: ApacheFile, _file: SourceFile, _hosts: readonly Host[], _policies: readonly Policy[]): readonly Observation[] {
  return [];
}
