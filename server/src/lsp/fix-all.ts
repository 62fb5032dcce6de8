import { applySafeFixes, differenceOf } from '../core/fix-all.ts';
import type { FileEdit } from '../core/finding.ts';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Service } from '../service.ts';
import type { DocumentConfigurations } from './document-configuration.ts';

/** The one edit that applies every safe fix of a document, also those that only appear after others. */
export async function fixAllEdits(
  document: TextDocument,
  { service, configurations }: { readonly service: Service; readonly configurations: DocumentConfigurations },
): Promise<readonly FileEdit[]> {
  const { uri, languageId } = document;
  const text = document.getText();
  const { configuration } = await configurations.of(uri);
  const fixed = await applySafeFixes(uri, text, async (current) => {
    const { findings } = await service.lint({ uri, text: current, languageId }, { configuration });
    return findings;
  });
  const edit = differenceOf(text, fixed);
  return edit === undefined ? [] : [{ uri, ...edit }];
}
