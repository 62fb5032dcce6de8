import type { Connection } from 'vscode-languageserver';
import type { Refusal } from '../core/authoring.ts';
import { readHeaderNames, readMethods, readOrigins, type WantedPolicy } from '../cors/wanted-policy.ts';
import { languageOf } from '../languages/index.ts';
import type { DiagnosticContext } from './diagnostics.ts';
import type { FeatureContext } from './feature-context.ts';
import { configurationFormsRequest, insertConfigurationRequest } from './protocol.ts';
import type {
  ConfigurationFormsParams,
  ConfigurationFormsResult,
  InsertConfigurationParams,
  InsertConfigurationResult,
} from './protocol.ts';
import { toWorkspaceEdit } from './workspace-edit.ts';

/** Whether a policy holds nothing but what can stand in a configuration; a client may send anything. */
function isWritable({ origins, methods, headers }: WantedPolicy): boolean {
  const each = (entries: readonly string[], read: typeof readOrigins): boolean =>
    entries.every((entry) => {
      const typed = read(entry);
      return typed.ok && typed.entries.length === 1 && typed.entries[0] === entry;
    });
  return origins.length > 0 && each(origins, readOrigins) && each(methods, readMethods) && each(headers, readHeaderNames);
}

/** Stands for the policy that somebody is yet to be asked for: where one can be written does not depend on what it says. */
const anyPolicy: WantedPolicy = { origins: ['https://app.example.com'], credentials: false, methods: [], headers: [] };

/** Said of a program in which none of the frameworks' applications is made. */
const nowhere: Refusal = { refused: 'No application is made in this file: put the cursor into the file that makes it.' };

/** Answers the requests behind the command that writes a whole policy. */
export function provideInsertion(connection: Connection, context: FeatureContext & DiagnosticContext): void {
  const { documents, service } = context;
  connection.onRequest(
    configurationFormsRequest,
    async ({ uri, position }: ConfigurationFormsParams): Promise<ConfigurationFormsResult | null> => {
      const document = documents.get(uri);
      const language = document && languageOf(uri, document.getText(), document.languageId);
      const forms = [language, ...(language?.frameworks ?? [])].flatMap((each) => each?.configurationForms ?? []);
      if (document === undefined || language === undefined || forms.length === 0) return null;
      const offset = document.offsetAt(position);
      const tried = await Promise.all(
        forms.map(({ id }) => service.insertConfiguration(documents.source(document), { offset, form: id, wanted: anyPolicy })),
      );
      const fitting = forms.filter((_, index) => 'edits' in (tried[index] ?? {}));
      if (fitting.length > 0) return { language: language.displayName, forms: fitting, refusal: undefined };
      const refusals = tried.flatMap((insertion) => ('refused' in insertion ? [insertion] : []));
      const own = refusals.find(({ isElsewhere }) => !isElsewhere);
      return { language: language.displayName, forms, refusal: own ?? nowhere };
    },
  );
  connection.onRequest(
    insertConfigurationRequest,
    async ({ uri, position, form, wanted }: InsertConfigurationParams): Promise<InsertConfigurationResult> => {
      const document = documents.get(uri);
      if (document === undefined) return { refused: 'The file is not open.' };
      if (!isWritable(wanted)) return { refused: 'This policy holds an entry that no server or browser would understand.' };
      const request = { offset: document.offsetAt(position), form, wanted };
      const insertion = await service.insertConfiguration(documents.source(document), request);
      return 'refused' in insertion ? insertion : { edit: await toWorkspaceEdit(insertion.edits, context) };
    },
  );
}
