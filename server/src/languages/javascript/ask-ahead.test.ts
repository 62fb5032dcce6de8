import assert from 'node:assert/strict';
import type { Workspace } from '../../core/workspace.ts';
import { LoadedFiles } from '../../workspace/loaded-files.ts';
import { engineOf } from './engine.ts';
import type { FrameworkEngine } from './framework.ts';

/** A workspace of files, and how often a program in it was followed to its end. */
async function followed(texts: Readonly<Record<string, string>>, main: string): Promise<{ readonly ends: number; readonly reads: number }> {
  let reads = 0;
  const workspace: Workspace = {
    read: (uri) => {
      reads++;
      return Promise.resolve(texts[uri]);
    },
    list: (folder) => Promise.resolve(Object.keys(texts).filter((uri) => uri.startsWith(folder))),
    files: () => Promise.resolve(Object.keys(texts)),
  };
  let ends = 0;
  const counting: FrameworkEngine = {
    join: () => ({
      packageExports: () => undefined,
      unknownCall: () => undefined,
      finish: () => {
        ends++;
        return { policies: [], routing: [], observations: [] };
      },
    }),
  };
  const engine = engineOf([counting], /express/);
  const files = new LoadedFiles(workspace, () => true);
  const file = files.put({ uri: main, text: texts[main] ?? '' });
  await files.settle(() => engine.extract(file, files));
  return { ends, reads };
}

describe('asking ahead', () => {
  it('follows a program once, however deep its imports are', async () => {
    const texts: Record<string, string> = {
      'file:///p/0.js': "import express from 'express'; import { router as r1 } from './1.js'; express().use(r1);",
    };
    for (let index = 1; index <= 4; index++)
      texts[`file:///p/${index}.js`] =
        `import express from 'express'; import { router as inner } from './${index + 1}.js'; export const router = express.Router(); router.use(inner);`;
    texts['file:///p/5.js'] = "const express = require('express'); exports.router = express.Router();";
    const { ends, reads } = await followed(texts, 'file:///p/0.js');
    assert.equal(ends, 1);
    assert.ok(reads >= 5);
  });

  it('stops a run that will be repeated for files that are only found on the way', async () => {
    const texts: Record<string, string> = {
      'file:///p/0.js': `const express = require('express');\n${Array.from({ length: 20 }, (_, index) => `express().use(require('./' + 'part${index}.js'));`).join('\n')}`,
    };
    for (let index = 0; index < 20; index++) texts[`file:///p/part${index}.js`] = 'module.exports = (req, res, next) => next();';
    const { ends, reads } = await followed(texts, 'file:///p/0.js');
    assert.equal(ends, 1);
    assert.ok(reads >= 20);
  });
});
