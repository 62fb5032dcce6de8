/** The form in which a policy stands in a program of Koa: the package sends whatever is no function as it is (behaviour 8.1, 8.3). */
import { stringList } from '../javascript/edits.ts';
import { requiredModule } from '../javascript/insertion.ts';
import { type CodeForm, optionLines, useLines } from '../javascript/insertion-forms.ts';
import * as ts from '../javascript/syntax.ts';

export const forms: Readonly<Record<string, CodeForm>> = {
  'koa-cors': {
    framework: 'Koa',
    maker: { package: 'koa', names: [] },
    isApplication: (node, name, file) => ts.isNewExpression(node) && (file.textOf(node.expression) === name || isRequired(node.expression)),
    imports: { package: '@koa/cors' },
    packages: ['kcors', 'koa-cors', 'koa2-cors'],
    lines: (names, wanted, style) => {
      const allowlist = names.free('allowedOrigins');
      const given = `ctx.get(${style.quoted('Origin')})`;
      const options = optionLines(wanted, style, {
        origin: `(ctx) => (${allowlist}.has(${given}) ? ${given} : ${style.quoted('')})`,
        methods: 'allowMethods',
        headers: 'allowHeaders',
        // An empty list allows what is asked for; this one needs no permission.
        noHeaders: ['Accept'],
      });
      const list = `const ${allowlist} = new Set(${stringList(wanted.origins, style.quoted)})${style.semicolon}`;
      return [list, '', ...useLines(names, options, style)];
    },
  },
};

/** `(require('koa'))` */
function isRequired(node: ts.Expression): boolean {
  return ts.isParenthesizedExpression(node) && requiredModule(node.expression) === 'koa';
}
