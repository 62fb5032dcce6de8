/** The form in which a policy stands in a program of Fastify. */
import { requiredModule } from '../javascript/insertion.ts';
import { type CodeForm, optionLines } from '../javascript/insertion-forms.ts';
import * as ts from '../javascript/syntax.ts';

export const forms: Readonly<Record<string, CodeForm>> = {
  'fastify-cors': {
    framework: 'Fastify',
    maker: { package: 'fastify', names: ['fastify', 'Fastify'] },
    isApplication: (node, name, file) => {
      let made: ts.Expression = node;
      while (
        ts.isCallExpression(made) &&
        ts.isPropertyAccessExpression(made.expression) &&
        made.expression.name.text === 'withTypeProvider'
      )
        made = made.expression.expression;
      if (!ts.isCallExpression(made)) return false;
      return requiredModule(made.expression) === 'fastify' || (name !== '' && file.textOf(made.expression) === name);
    },
    imports: { package: '@fastify/cors', hasDefault: true },
    packages: ['fastify-cors'],
    lines: ({ application, cors, canAwait }, wanted, style) => [
      `${canAwait ? 'await ' : ''}${application}.register(${cors}, {`,
      ...optionLines(wanted, style, { methods: 'methods', headers: 'allowedHeaders' }).map((line) => style.unit + line),
      `})${style.semicolon}`,
    ],
  },
};
