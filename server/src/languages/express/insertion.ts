/** Writes a whole policy behind the line that makes the application, so that it comes before every route. */
import type { Insertion, InsertionRequest } from '../../core/authoring.ts';
import type { FileEdit } from '../../core/finding.ts';
import * as ts from '../javascript/syntax.ts';
import type { EditableFile } from '../javascript/edits.ts';
import { corsPackageUse, handWrittenUse, type CodeStyle } from './production.ts';

export function insertConfiguration(file: EditableFile, { offset, wanted, form }: InsertionRequest): Insertion {
  const application = applicationAt(file, offset);
  if (!application)
    return { refused: 'No Express application or router is made in this file: put the cursor into the file that calls express().' };
  const imported = importOf(file, 'cors');
  if (imported && isCalled(file, imported.name))
    return { refused: 'This file already uses the cors package; its options are where a policy is changed.' };
  if (writesAllowOrigin(file)) return { refused: 'This file already sets Access-Control-Allow-Origin; its quick fixes can change it.' };

  const style: CodeStyle = { unit: file.indentationUnit, semicolon: file.semicolon, quoted: (text) => file.quoted(text) };
  if (form === 'by-hand') {
    const lines = handWrittenUse(application.name, freeName(file, 'allowedOrigins'), wanted, style);
    return { edits: [insertBehind(file, application.statement, lines)] };
  }
  const name = imported?.name ?? freeName(file, 'cors');
  const edits = [insertBehind(file, application.statement, corsPackageUse(application.name, name, wanted, style))];
  return { edits: imported ? edits : [importEdit(file, name, application.statement), ...edits] };
}

interface Binding {
  readonly name: string;
  /** The statement that makes it. */
  readonly statement: ts.Statement;
}

/** The application or router whose declaration is the nearest before an offset, or the first of the file. */
function applicationAt(file: EditableFile, offset: number): Binding | undefined {
  const express = importOf(file, 'express')?.name;
  const made: Binding[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isVariableDeclaration(node) &&
      ts.isIdentifier(node.name) &&
      node.initializer &&
      isApplication(node.initializer, express, file)
    ) {
      const statement = file.statementOf(node);
      if (statement) made.push({ name: node.name.text, statement });
    }
    ts.forEachChild(node, (child) => {
      visit(child);
    });
  };
  visit(file.tree);
  return made.findLast(({ statement }) => file.startOf(statement) <= offset) ?? made[0];
}

/** `express()`, `express.Router()`, `Router()`, `require('express')()`. */
function isApplication(node: ts.Expression, express: string | undefined, file: EditableFile): boolean {
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  if (requiredModule(expression) === 'express') return true;
  const code = file.textOf(expression);
  return code === express || code === `${express ?? 'express'}.Router` || (code === 'Router' && express !== undefined);
}

function requiredModule(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== 'require') return undefined;
  const [module] = node.arguments;
  return module && ts.isStringLiteralLike(module) ? module.text : undefined;
}

/** How a module is brought into the file, by whichever of the ways; the name is that of its default export. */
function importOf(file: EditableFile, module: string): (Binding & { readonly form: ImportForm }) | undefined {
  for (const statement of file.tree.statements) {
    if (
      ts.isImportDeclaration(statement) &&
      ts.isStringLiteralLike(statement.moduleSpecifier) &&
      statement.moduleSpecifier.text === module
    ) {
      const clause = statement.importClause;
      const bindings = clause?.namedBindings;
      if (clause?.name) return { name: clause.name.text, statement, form: 'default' };
      if (bindings && ts.isNamespaceImport(bindings)) return { name: bindings.name.text, statement, form: 'namespace' };
      // `import { Router } from 'express'` names no default export, and shows all the same how this file imports.
      return { name: module === 'cors' ? '' : 'express', statement, form: 'default' };
    }
    if (ts.isImportEqualsDeclaration(statement) && file.textOf(statement.moduleReference).replace(/['"]/g, '') === `require(${module})`)
      return { name: statement.name.text, statement, form: 'equals' };
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (initializer && ts.isIdentifier(name) && requiredModule(initializer) === module)
        return { name: name.text, statement, form: /^(?:let|var)\b/.test(file.textOf(statement)) ? 'require by var' : 'require' };
    }
  }
  return undefined;
}

type ImportForm = 'default' | 'namespace' | 'equals' | 'require' | 'require by var';

/** Imports the package as the file imports Express, behind that line. */
function importEdit(file: EditableFile, name: string, application: ts.Statement): FileEdit {
  const express = importOf(file, 'express');
  const module = file.quoted('cors');
  const code: Readonly<Record<ImportForm, string>> = {
    default: `import ${name} from ${module}`,
    namespace: `import * as ${name} from ${module}`,
    equals: `import ${name} = require(${module})`,
    require: `const ${name} = require(${module})`,
    'require by var': `var ${name} = require(${module})`,
  };
  const line = code[express?.form ?? 'require'] + file.semicolon;
  return express ? file.insertAfter(express.statement, line) : file.insertBefore(application, line);
}

/** Behind a statement with an empty line between. */
function insertBehind(file: EditableFile, statement: ts.Statement, lines: readonly string[]): FileEdit {
  const indent = file.indentation(statement);
  const text = lines.map((line) => `${file.lineBreak}${line === '' ? '' : indent}${line}`).join('');
  return file.edit(statement.end, statement.end, file.lineBreak + text);
}

function someNode(file: EditableFile, holds: (node: ts.Node) => boolean): boolean {
  const visit = (node: ts.Node): boolean => holds(node) || ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  return visit(file.tree);
}

function isCalled(file: EditableFile, name: string): boolean {
  return someNode(file, (node) => ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name);
}

function writesAllowOrigin(file: EditableFile): boolean {
  return someNode(file, (node) => ts.isStringLiteralLike(node) && node.text.toLowerCase() === 'access-control-allow-origin');
}

function freeName(file: EditableFile, wanted: string): string {
  const used = (name: string): boolean => someNode(file, (node) => ts.isIdentifier(node) && node.text === name);
  let name = wanted;
  for (let number = 2; used(name); number++) name = `${wanted}${number}`;
  return name;
}
