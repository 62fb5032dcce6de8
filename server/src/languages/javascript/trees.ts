import type { SourceFile as TextFile } from '../../core/files.ts';
import { reparse } from './reparse.ts';
import * as ts from './syntax.ts';

interface Kept {
  readonly text: TextFile;
  readonly tree: ts.SourceFile;
  readonly characters: number;
}

/**
 * The latest trees of files, by their URIs, the one that was asked for least recently first: a new version reuses the tree of the last
 * one. The others are there for as long as somebody else holds them.
 */
const kept = new Map<string, Kept>();
const trees = new WeakMap<TextFile, WeakRef<ts.SourceFile>>();
let characters = 0;
/** Trees of longer texts together are not kept. With what is remembered of its nodes, a tree takes eighty bytes for each character. */
const mostCharacters = 2_000_000;
/** Longer files are generated or minified. */
const longestFile = 1_500_000;

/** Parses a file, incrementally where an earlier version of it is known. */
export function treeOf(text: TextFile): ts.SourceFile {
  const before = kept.get(text.uri);
  const known = before?.text === text ? before.tree : trees.get(text)?.deref();
  if (known) {
    keep(text, known);
    return known;
  }
  const name = new URL(text.uri, 'file:///').pathname + (text.languageId === 'typescript' && !/\.[cm]?tsx?$/.test(text.uri) ? '.ts' : '');
  let tree: ts.SourceFile;
  if (before && before.tree.fileName === name) {
    trees.delete(before.text);
    tree = reparse(before.tree, text.text);
  } else tree = ts.parse(text.text.length > longestFile ? '' : text.text, name);
  trees.set(text, new WeakRef(tree));
  keep(text, tree);
  return tree;
}

/** Puts a tree last in the order, and lets those go that are too much beside it. */
function keep(text: TextFile, tree: ts.SourceFile): void {
  drop(text.uri);
  kept.set(text.uri, { text, tree, characters: tree.text.length });
  characters += tree.text.length;
  for (const uri of kept.keys()) {
    if (characters <= mostCharacters || uri === text.uri) return;
    drop(uri);
  }
}

function drop(uri: string): void {
  characters -= kept.get(uri)?.characters ?? 0;
  kept.delete(uri);
}
