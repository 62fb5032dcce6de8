/** The language server's file: what it compiled at an earlier start is there before it is loaded. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepCompiled } from './code-cache.ts';

keepCompiled(path.dirname(fileURLToPath(import.meta.url)));
createRequire(import.meta.url)('./server-main.cjs');
