/** Writes a whole policy behind the line that makes the application, so that it comes before every route. */
import type { Insertion, InsertionRequest } from '../../core/authoring.ts';
import type { FileEdit } from '../../core/finding.ts';
import type { CodeForm, CodeStyle, FormNames } from './insertion-forms.ts';
import type { EditableFile } from './edits.ts';
import { isFunctionLike } from './scope.ts';
import * as ts from './syntax.ts';

/** Writes a policy in a form, for the application that stands nearest before the request's offset. */
export function insertForm(file: EditableFile, { offset, wanted }: InsertionRequest, form: CodeForm): Insertion {
  const maker = importOf(file, form.maker.package, form.maker.names);
  const application = applicationAt(file, offset, (node) => form.isApplication(node, maker?.name ?? '', file));
  if (application === undefined)
    return {
      refused: `No ${form.framework} application is made in this file: put the cursor into the file that makes it.`,
      about: form.framework,
      isElsewhere: true,
    };
  if (!application.statement)
    return {
      refused:
        'The application is not made for a variable of its own here, so that no line behind it is certain to come before its routes.',
    };
  const { imports } = form;
  const imported = imports && importOf(file, imports.package, ['cors']);
  const known = [...(imports ? [imports.package] : []), ...(form.packages ?? [])].find((name) =>
    someNode(file, (node) => (isIn(node, imported?.statement) ? false : isNamed(node, name, imported))),
  );
  const used = known ?? form.words?.find((name) => someNode(file, (node) => ts.isIdentifier(node) && node.text === name));
  if (used !== undefined) return { refused: `This file already uses ${used}; its options are where a policy is changed.`, about: used };
  if (someNode(file, (node) => ts.isStringLiteralLike(node) && node.text.toLowerCase() === 'access-control-allow-origin'))
    return { refused: 'This file already sets Access-Control-Allow-Origin; its quick fixes can change it.' };

  const style: CodeStyle = { unit: file.indentationUnit, semicolon: file.semicolon, quoted: (text) => file.quoted(text) };
  // Nothing but types may be imported.
  const isImported = imported !== undefined && imported.name !== '';
  const cors = isImported ? imported.name : freeName(file, 'cors');
  const { name, statement } = application;
  const names: FormNames = {
    application: name,
    cors,
    free: (wantedName) => freeName(file, wantedName),
    canAwait: canAwait(file, statement),
  };
  const edits = [insertBehind(file, statement, form.lines(names, wanted, style))];
  return { edits: imports && !isImported && !form.byHand ? [importEdit(file, cors, imports, maker, statement), ...edits] : edits };
}

interface Made {
  readonly name: string;
  /** The statement that makes it; undefined where it is no variable of its own. */
  readonly statement: ts.Statement | undefined;
}

/** The application whose declaration is the nearest before an offset, or the first of the file. */
function applicationAt(file: EditableFile, offset: number, isApplication: (node: ts.Expression) => boolean): Made | undefined {
  const made: (Made & { readonly start: number })[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && isApplication(node)) {
      let value: ts.Node = node;
      while (ts.isAwaitExpression(value.parent) || ts.isAsExpression(value.parent) || ts.isParenthesizedExpression(value.parent))
        value = value.parent;
      const { parent } = value;
      const isVariable = ts.isVariableDeclaration(parent) && parent.initializer === value && ts.isIdentifier(parent.name);
      const statement = isVariable ? file.statementOf(parent) : undefined;
      made.push({ name: isVariable ? file.textOf(parent.name) : '', statement, start: file.startOf(statement ?? node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  const placed = made.filter(({ statement }) => statement);
  return placed.findLast(({ start }) => start <= offset) ?? placed[0] ?? made[0];
}

type ImportForm = 'default' | 'named' | 'namespace' | 'equals' | 'require' | 'require by var';

interface Imported {
  readonly name: string;
  readonly statement: ts.Statement;
  readonly form: ImportForm;
}

/** The module of `require('module')`. */
export function requiredModule(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== 'require') return undefined;
  const [module] = node.arguments;
  return module && ts.isStringLiteralLike(module) ? module.text : undefined;
}

/** How a module is brought into the file, by whichever of the ways; the name is that of its default export, or of one of `names`. */
function importOf(file: EditableFile, module: string, names: readonly string[]): Imported | undefined {
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
      const elements = bindings?.elements ?? [];
      const own = elements.find(({ name, propertyName }) => names.includes(file.textOf(propertyName ?? name)));
      // Other names show all the same how this file imports.
      return { name: own?.name.text ?? '', statement, form: 'named' };
    }
    if (ts.isImportEqualsDeclaration(statement) && file.textOf(statement.moduleReference).replace(/['"]/g, '') === `require(${module})`)
      return { name: statement.name.text, statement, form: 'equals' };
    if (!ts.isVariableStatement(statement)) continue;
    const form = /^(?:let|var)\b/.test(file.textOf(statement)) ? 'require by var' : 'require';
    for (const { name, initializer } of statement.declarationList.declarations) {
      // `require('fastify')({ … })` makes an application, and shows how the file imports.
      const made = initializer && ts.isCallExpression(initializer) && requiredModule(initializer.expression) === module;
      if (made) return { name: '', statement, form };
      if (!initializer || requiredModule(initializer) !== module) continue;
      if (ts.isIdentifier(name)) return { name: name.text, statement, form };
      const own = ts.isObjectBindingPattern(name)
        ? name.elements.find((each) => names.includes(file.textOf(each.propertyName ?? each.name)))
        : undefined;
      return { name: own ? file.textOf(own.name) : '', statement, form };
    }
  }
  return undefined;
}

/** Imports the package as the file imports the framework, behind that line. */
function importEdit(
  file: EditableFile,
  name: string,
  { package: from, isNamed, hasDefault }: NonNullable<CodeForm['imports']>,
  maker: Imported | undefined,
  application: ts.Statement,
): FileEdit {
  const module = file.quoted(from);
  const named = (as: string): string => (name === 'cors' ? '{ cors }' : `{ cors${as}${name} }`);
  const imported = isNamed ? named(' as ') : name;
  const required = isNamed ? named(': ') : name;
  const code: Readonly<Record<ImportForm, string>> = {
    default: `import ${imported} from ${module}`,
    named: `import ${imported} from ${module}`,
    namespace: isNamed || hasDefault ? `import ${imported} from ${module}` : `import * as ${name} from ${module}`,
    equals: isNamed ? `import ${imported} from ${module}` : `import ${name} = require(${module})`,
    require: `const ${required} = require(${module})`,
    'require by var': `var ${required} = require(${module})`,
  };
  const line = code[maker?.form ?? 'require'] + file.semicolon;
  // Where one statement requires the framework and makes the application, the package comes before it.
  return maker && maker.statement !== application ? file.insertAfter(maker.statement, line) : file.insertBefore(application, line);
}

/** Behind a statement with an empty line between. */
function insertBehind(file: EditableFile, statement: ts.Statement, lines: readonly string[]): FileEdit {
  const indent = file.indentation(statement);
  const text = lines.map((line) => `${file.lineBreak}${line === '' ? '' : indent}${line}`).join('');
  return file.edit(statement.end, statement.end, file.lineBreak + text);
}

/** Whether `await` may stand beside a statement: in an async function, or in a file that is a module for certain. */
function canAwait(file: EditableFile, statement: ts.Statement): boolean {
  for (let node = statement.parent as ts.Node | undefined; node; node = node.parent as ts.Node | undefined)
    if (isFunctionLike(node)) return /^(?:[\w\s]*\b)?async\b/.test(file.textOf(node));
  return /\.m[jt]s$/.test(file.file.uri);
}

function someNode(file: EditableFile, holds: (node: ts.Node) => boolean): boolean {
  const visit = (node: ts.Node): boolean => holds(node) || ts.forEachChild(node, (child) => visit(child) || undefined) === true;
  return visit(file.tree);
}

/** Whether a node names a package, or is what it was imported as. */
function isNamed(node: ts.Node, name: string, imported: Imported | undefined): boolean {
  return ts.isStringLiteralLike(node) ? node.text === name : ts.isIdentifier(node) && node.text === imported?.name;
}

function isIn(node: ts.Node, statement: ts.Statement | undefined): boolean {
  return statement !== undefined && node.pos >= statement.pos && node.end <= statement.end;
}

function freeName(file: EditableFile, wanted: string): string {
  const used = (name: string): boolean => someNode(file, (node) => ts.isIdentifier(node) && node.text === name);
  let name = wanted;
  for (let number = 2; used(name); number++) name = `${wanted}${number}`;
  return name;
}
