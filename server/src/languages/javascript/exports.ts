/** What a module exports by its syntax: names of declarations, renamings and re-exports. */
import * as ts from './syntax.ts';

export type Exported =
  | { readonly kind: 'local'; readonly identifier: ts.Identifier }
  | { readonly kind: 'declared'; readonly name: string }
  | { readonly kind: 'from'; readonly specifier: string; readonly name: string | undefined };

export interface ExportTable {
  readonly names: ReadonlyMap<string, Exported>;
  /** Specifiers of `export * from`. */
  readonly all: readonly string[];
  /** The file is an ES module by its syntax. */
  readonly isModule: boolean;
}

const cache = new WeakMap<ts.SourceFile, ExportTable>();

export function exportsOf(file: ts.SourceFile): ExportTable {
  const known = cache.get(file);
  if (known) return known;
  const names = new Map<string, Exported>();
  const all: string[] = [];
  let isModule = false;
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) isModule = true;
    if (ts.isExportAssignment(statement)) isModule ||= statement.isExportEquals !== true;
    if (ts.isExportDeclaration(statement)) {
      isModule = true;
      const from = statement.moduleSpecifier;
      const specifier = from && ts.isStringLiteralLike(from) ? from.text : undefined;
      const clause = statement.exportClause;
      if (!clause) {
        if (specifier !== undefined) all.push(specifier);
      } else if (ts.isNamespaceExport(clause)) {
        if (specifier !== undefined) names.set(clause.name.text, { kind: 'from', specifier, name: undefined });
      } else
        for (const element of clause.elements) {
          const local = element.propertyName ?? element.name;
          if (specifier !== undefined) names.set(element.name.text, { kind: 'from', specifier, name: local.text });
          else if (ts.isIdentifier(local)) names.set(element.name.text, { kind: 'local', identifier: local });
        }
      continue;
    }
    if (!ts.hasModifier(statement, ts.SyntaxKind.ExportKeyword)) continue;
    isModule = true;
    if (ts.isVariableStatement(statement))
      for (const declaration of statement.declarationList.declarations) addNames(declaration.name, names);
    else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      const isDefault = ts.hasModifier(statement, ts.SyntaxKind.DefaultKeyword);
      if (statement.name) names.set(isDefault ? 'default' : statement.name.text, { kind: 'declared', name: statement.name.text });
    } else if (ts.isEnumDeclaration(statement)) names.set(statement.name.text, { kind: 'declared', name: statement.name.text });
  }
  const table = { names, all, isModule };
  cache.set(file, table);
  return table;
}

function addNames(name: ts.BindingName, names: Map<string, Exported>): void {
  if (ts.isIdentifier(name)) names.set(name.text, { kind: 'declared', name: name.text });
  else for (const element of name.elements) if (ts.isBindingElement(element)) addNames(element.name, names);
}
