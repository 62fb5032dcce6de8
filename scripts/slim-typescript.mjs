/**
 * TypeScript reduced to its parser, at build time.
 *
 * `typescript.js` is one function of nine megabytes whose top level is full of initialisers that a bundler must
 * assume to have side effects. This module takes that function apart, drops the statements that only matter to the
 * type checker and the language service, marks the remaining initialisers as free of side effects and lets esbuild
 * keep what `server/src/languages/javascript/syntax.ts` imports. What nothing reaches inside of the functions that are kept is cut
 * out after that (`unreached.mjs`). The result loads in a tenth of the time.
 *
 * The method leans on the layout of one exact version. Anything unexpected in the file ends the build with a message;
 * `test/slim-typescript` holds that the reduced parser gives the same trees as the whole one.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { withoutUnreached } from './unreached.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const facade = path.join(root, 'server/src/languages/javascript/syntax.ts');
const expectedVersion = '6.0.3';

/** Statements that run something for the language service or for a command line; the parser needs none of them. */
const droppedCalls = new Set(['__export', 'registerRefactor', 'registerCodeFix', 'setObjectAllocator']);

/**
 * Declarations that are replaced. Two reach for the operating system: `sys` is undefined in a browser too, and a clock is only
 * read by performance marks, which are off. Two read tables of the characters of identifiers, which every engine has as well.
 */
const replacements = new Map([
  ['sys', 'var sys = undefined;'],
  ['tryGetPerformance', 'function tryGetPerformance() { return undefined; }'],
  [
    'isUnicodeIdentifierStart',
    String.raw`function isUnicodeIdentifierStart(code) { return /^\p{ID_Start}$/u.test(String.fromCodePoint(code)); }`,
  ],
  [
    'isUnicodeIdentifierPart',
    String.raw`function isUnicodeIdentifierPart(code) { return /^\p{ID_Continue}$/u.test(String.fromCodePoint(code)); }`,
  ],
]);

/**
 * In the whole package the language service gives identifiers their `text`. Code that is tested with the whole package
 * relies on it, so the reduced one has it too.
 */
const identifierText = `
objectAllocator.getPrivateIdentifierConstructor = objectAllocator.getIdentifierConstructor;
Object.defineProperty(objectAllocator.getIdentifierConstructor().prototype, 'text', { get() { return idText(this); } });
`;

/** @param {string} what @returns {never} */
function layoutChanged(what) {
  throw new Error(`slim-typescript: the layout of typescript.js is not the expected one: ${what}`);
}

/**
 * The names that the facade imports from 'typescript' as values.
 * @param {string} file
 * @returns {string[]}
 */
export function importedNames(file = facade) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, false);
  const names = new Set();
  for (const statement of source.statements) {
    const specifier = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
    if (!specifier || !ts.isStringLiteral(specifier) || specifier.text !== 'typescript') continue;
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : statement;
    if (!clause || clause.isTypeOnly) continue;
    const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    if (!bindings || ts.isNamespaceImport(bindings) || ts.isNamespaceExport(bindings))
      throw new Error(`slim-typescript: ${file} must import names, not all of TypeScript`);
    for (const element of bindings.elements) if (!element.isTypeOnly) names.add((element.propertyName ?? element.name).text);
  }
  return [...names].sort();
}

/**
 * The body of typescript.js as an ES module whose unused parts a bundler can drop. It exports `names`.
 * @param {string} source the text of typescript.js
 * @param {string[]} names
 * @returns {string}
 */
export function shakeable(source, names) {
  const file = ts.createSourceFile('typescript.js', source, ts.ScriptTarget.Latest, false);
  const statements = moduleBody(file);
  const text = (/** @type {ts.Node} */ node) => source.slice(ts.skipTrivia(source, node.pos), node.end);
  /** @type {Map<string, string[]>} what is added to a variable by later statements */
  const additions = new Map();
  /** @type {Set<string>} variables whose value is made by a later namespace function */
  const namespaces = new Set();

  for (const statement of statements) {
    const addition = ts.isExpressionStatement(statement) ? additionTo(statement.expression) : undefined;
    if (!addition) continue;
    if (addition.namespace) namespaces.add(addition.name);
    additions.set(addition.name, [...(additions.get(addition.name) ?? []), text(statement)]);
  }

  let diagnostics = 0;
  const declared = new Set();
  const output = [];
  for (const statement of statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name) {
      declared.add(statement.name.text);
      output.push(replacements.get(statement.name.text) ?? text(statement));
    } else if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (!ts.isIdentifier(name)) layoutChanged('a pattern is declared at top level');
        declared.add(name.text);
        const replacement = replacements.get(name.text);
        if (replacement !== undefined) output.push(replacement);
        else if (name.text === 'Diagnostics') {
          if (!initializer || !ts.isObjectLiteralExpression(initializer)) layoutChanged('Diagnostics is no object');
          // One variable for each message lets the bundler keep the few that the parser reports.
          for (const property of initializer.properties) {
            if (!ts.isPropertyAssignment(property) || !ts.isIdentifier(property.name))
              layoutChanged('Diagnostics holds something else than messages');
            output.push(`var Diagnostics_${property.name.text} = /* @__PURE__ */ ${text(property.initializer)};`);
            diagnostics++;
          }
        } else output.push(declaration(name.text, initializer && text(initializer), additions.get(name.text), namespaces));
      }
    } else if (ts.isExpressionStatement(statement)) {
      const { expression } = statement;
      const addition = additionTo(expression);
      if (addition) {
        if (addition.namespace) output.push(declaration(addition.name, '{}', additions.get(addition.name), new Set()));
        continue;
      }
      if (ts.isStringLiteral(expression)) continue;
      const isDroppedCall =
        ts.isCallExpression(expression) && ts.isIdentifier(expression.expression) && droppedCalls.has(expression.expression.text);
      const isExport = /^(0 && \(module\.exports = |module\.exports = )/.test(text(statement));
      if (!isDroppedCall && !isExport) layoutChanged(`the statement ${text(statement).slice(0, 60)}`);
    } else if (ts.isIfStatement(statement)) {
      if (!/^if \((sys && sys\.|typeof console !== "undefined")/.test(text(statement)))
        layoutChanged(`the condition ${text(statement).slice(0, 60)}`);
    } else if (!(ts.isBlock(statement) && statement.statements.length === 0)) {
      layoutChanged(`a ${ts.SyntaxKind[statement.kind] ?? 'statement'} at top level`);
    }
  }

  if (diagnostics < 1000) layoutChanged('the diagnostic messages were not found');
  for (const name of [...replacements.keys(), 'objectAllocator', 'idText']) if (!declared.has(name)) layoutChanged(`there is no ${name}`);
  for (const name of names) if (!declared.has(name)) layoutChanged(`there is no ${name} to export`);
  const body = output.join('\n').replace(/\bDiagnostics\.(?=[\w$]+)/g, 'Diagnostics_');
  return `${body}\n${identifierText}export { ${names.join(', ')} };\n`;
}

/**
 * A variable as a declaration without side effects. What later statements add to it moves into its initialiser.
 * @param {string} name
 * @param {string | undefined} initializer
 * @param {string[] | undefined} added
 * @param {Set<string>} madeLater
 */
function declaration(name, initializer, added, madeLater) {
  if (madeLater.has(name)) {
    if (initializer !== undefined) layoutChanged(`the namespace ${name} has an initialiser`);
    return '';
  }
  if (added)
    return `var ${name} = /* @__PURE__ */ (() => { var ${name} = ${initializer ?? 'undefined'}; ${added.join('\n')} return ${name}; })();`;
  return initializer === undefined ? `var ${name};` : `var ${name} = /* @__PURE__ */ (() => (${initializer}))();`;
}

/**
 * `X.y = value` and `((X2) => { … })(X || (X = {}))` belong to the variable X.
 * @param {ts.Expression} expression
 * @returns {{ name: string, namespace: boolean } | undefined}
 */
function additionTo(expression) {
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    const { left } = expression;
    const target = ts.isPropertyAccessExpression(left) && ts.isIdentifier(left.expression) ? left.expression.text : '';
    return target && target !== 'module' ? { name: target, namespace: false } : undefined;
  }
  if (!ts.isCallExpression(expression) || !ts.isParenthesizedExpression(expression.expression)) return undefined;
  const argument = expression.arguments[0];
  if (!argument || !ts.isBinaryExpression(argument) || !ts.isIdentifier(argument.left)) return undefined;
  return { name: argument.left.text, namespace: true };
}

/**
 * The statements inside `var ts = {}; ((module) => { … })({ … })`.
 * @param {ts.SourceFile} file
 */
function moduleBody(file) {
  const [first, second, ...more] = file.statements;
  if (!first || !second || more.length > 0 || !ts.isExpressionStatement(second)) layoutChanged('not two statements');
  const call = second.expression;
  if (!ts.isCallExpression(call) || !ts.isParenthesizedExpression(call.expression)) layoutChanged('no outer call');
  const outer = call.expression.expression;
  if (!ts.isArrowFunction(outer) || !ts.isBlock(outer.body)) layoutChanged('no outer function');
  return outer.body.statements;
}

/** Variables that hold the object of a factory, of which the parser reads some functions. */
const factories = new Set(['factory2']);
/**
 * Functions that the parser names and never calls as `syntax.ts` calls it: no JSDoc is parsed, and the scanner looks into a regular
 * expression only for those who want its errors, which are the type checker and the language service.
 */
const never = new Set(['parseJSDocComment', 'scanRegularExpressionWorker']);

/** @param {string} contents @returns {Promise<string>} */
async function shaken(contents) {
  const result = await build({
    stdin: { contents, loader: 'js', sourcefile: 'typescript.js' },
    bundle: true,
    treeShaking: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  });
  return result.outputFiles[0]?.text ?? '';
}

/**
 * The reduced parser as an ES module, made once for each set of names and kept in `out/slim-typescript`.
 * @param {string[]} names what it exports
 * @returns {Promise<string>} the path of the module
 */
export async function slimTypeScriptModule(names = importedNames()) {
  if (ts.version !== expectedVersion) throw new Error(`slim-typescript: made for TypeScript ${expectedVersion}, found ${ts.version}`);
  const source = readFileSync(createRequire(import.meta.url).resolve('typescript'), 'utf8');
  const hash = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .update(readFileSync(fileURLToPath(new URL('unreached.mjs', import.meta.url))))
    .update(source)
    .update(names.join())
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(root, 'out/slim-typescript');
  const file = path.join(folder, `${hash}.mjs`);
  if (existsSync(file)) return file;
  let output = await shaken(shakeable(source, names));
  // What is cut out was all that needed something else.
  for (let before = Infinity; output.length < before;) {
    before = output.length;
    output = await shaken(withoutUnreached(output, { factories, never }));
  }
  if (/\brequire\("/.test(output)) layoutChanged('the parser loads a module');
  mkdirSync(folder, { recursive: true });
  // Two builds may run at once, so the file appears whole or not at all.
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, output);
  renameSync(partial, file);
  return file;
}

/**
 * The esbuild plugin: `import … from 'typescript'` becomes the reduced parser.
 * @returns {import('esbuild').Plugin}
 */
export function slimTypeScript() {
  return {
    name: 'slim-typescript',
    setup(context) {
      context.onResolve({ filter: /^typescript$/ }, async (args) => {
        if (path.resolve(args.importer) !== facade)
          return { errors: [{ text: `only syntax.ts may import typescript, not ${args.importer}` }] };
        return { path: await slimTypeScriptModule(), sideEffects: false };
      });
    },
  };
}
