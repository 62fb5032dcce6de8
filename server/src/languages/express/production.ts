/**
 * The forms in which a policy stands in production: an options object for the cors package, or middleware that sets Vary
 * first and always, the rest only for an origin of the list, and answers preflights and no other OPTIONS. The insertion
 * of a whole policy, fixes and snippets write them alike.
 */
import { constantHeaders, type WantedPolicy } from '../../cors/wanted-policy.ts';
import { type EditableFile, stringList } from '../javascript/edits.ts';
import { requiredModule } from '../javascript/insertion.ts';
import { type CodeForm, type CodeStyle, optionLines, useLines } from '../javascript/insertion-forms.ts';
import * as ts from '../javascript/syntax.ts';

const packageForm: CodeForm = {
  framework: 'Express',
  maker: { package: 'express', names: ['Router'] },
  isApplication: isExpress,
  imports: { package: 'cors' },
  lines: (names, wanted, style) => useLines(names, optionLines(wanted, style, { methods: 'methods', headers: 'allowedHeaders' }), style),
};

export const forms: Readonly<Record<string, CodeForm>> = {
  'cors-package': packageForm,
  'by-hand': {
    ...packageForm,
    byHand: true,
    lines: ({ application, free }, wanted, style) => handWrittenUse(application, free('allowedOrigins'), wanted, style),
  },
};

/** `express()`, `express.Router()`, `Router()`, `require('express')()`. */
function isExpress(node: ts.Expression, name: string, file: EditableFile): boolean {
  if (!ts.isCallExpression(node)) return false;
  const code = file.textOf(node.expression);
  return (
    requiredModule(node.expression) === 'express' ||
    [name || 'express', 'express.Router', `${name}.Router`].includes(code) ||
    (code === 'Router' && name !== '')
  );
}

/** The set of origins and the middleware that asks it. */
function handWrittenUse(application: string, allowlist: string, wanted: WantedPolicy, style: CodeStyle): readonly string[] {
  const { unit, semicolon, quoted } = style;
  const set = (name: string, value: string): string => `res.setHeader(${quoted(name)}, ${value})${semicolon}`;
  const isPreflight = `req.method === ${quoted('OPTIONS')} && req.headers[${quoted('access-control-request-method')}] !== undefined`;
  return [
    `const ${allowlist} = new Set(${stringList(wanted.origins, quoted)})${semicolon}`,
    '',
    `${application}.use((req, res, next) => {`,
    ...[
      `res.vary(${quoted('Origin')})${semicolon}`,
      `const { origin } = req.headers${semicolon}`,
      `if (origin !== undefined && ${allowlist}.has(origin)) {`,
      `${unit}${set('Access-Control-Allow-Origin', 'origin')}`,
      ...constantHeaders(wanted).map(([name, value]) => `${unit}${set(name, quoted(value))}`),
      '}',
      `if (${isPreflight}) {`,
      `${unit}res.status(204).end()${semicolon}`,
      `${unit}return${semicolon}`,
      '}',
      `next()${semicolon}`,
    ].map((line) => unit + line),
    `})${semicolon}`,
  ];
}
