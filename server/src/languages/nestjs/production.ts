/** The form in which a policy stands in a program of NestJS, on Express and on Fastify. */
import { type CodeForm, optionLines } from '../javascript/insertion-forms.ts';
import * as ts from '../javascript/syntax.ts';

export const forms: Readonly<Record<string, CodeForm>> = {
  'nestjs-cors': {
    framework: 'NestJS',
    maker: { package: '@nestjs/core', names: ['NestFactory'] },
    isApplication: (node, name, file) => ts.isCallExpression(node) && name !== '' && file.textOf(node.expression) === `${name}.create`,
    packages: ['cors', '@fastify/cors'],
    words: ['enableCors', 'cors'],
    lines: ({ application }, wanted, style) => [
      `${application}.enableCors({`,
      ...optionLines(wanted, style, { methods: 'methods', headers: 'allowedHeaders' }).map((line) => style.unit + line),
      `})${style.semicolon}`,
    ],
  },
};
