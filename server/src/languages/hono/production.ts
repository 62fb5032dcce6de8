/** The form in which a policy stands in a program of Hono. */
import { type CodeForm, optionLines, useLines } from '../javascript/insertion-forms.ts';
import * as ts from '../javascript/syntax.ts';

export const forms: Readonly<Record<string, CodeForm>> = {
  'hono-cors': {
    framework: 'Hono',
    maker: { package: 'hono', names: ['Hono'] },
    isApplication: (node, name, file) => {
      let made: ts.Expression = node;
      while (ts.isCallExpression(made) && ts.isPropertyAccessExpression(made.expression) && made.expression.name.text === 'basePath')
        made = made.expression.expression;
      return ts.isNewExpression(made) && file.textOf(made.expression) === name;
    },
    imports: { package: 'hono/cors', isNamed: true },
    lines: (names, wanted, style) => {
      // An empty list allows what is asked for (behaviour 7.4); this header needs no permission.
      const options = optionLines(wanted, style, { methods: 'allowMethods', headers: 'allowHeaders', noHeaders: ['Accept'] });
      return useLines(names, options, style, [`${style.quoted('*')},`]);
    },
  },
};
