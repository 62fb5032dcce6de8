import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lint } from '../../server/src/api.ts';

/** A workspace in which everything that could be run would leave a trace. */
const trap = (file: string, url: string): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ name: 'trap', main: 'app.js', scripts: { prepare: `touch ${file}` } }),
  'app.js': `require('fs').writeFileSync(${JSON.stringify(file)}, '');
fetch(${JSON.stringify(url)});
const cors = require('./node_modules/cors');
const app = require('express')();
const origins = (() => { require('fs').writeFileSync(${JSON.stringify(file)}, ''); return ['https://a.example']; })();
app.use(cors({ origin: origins, credentials: true }));
app.use(cors({ origin: (origin, done) => { require('child_process').execSync('touch ${file}'); done(null, origin); }, credentials: true }));
`,
  'nginx.conf': `perl_require ${file};\nserver { content_by_lua_block { os.execute("touch ${file}") } add_header Access-Control-Allow-Origin $http_origin; include ${url}; }\n`,
  '.htaccess': `RewriteEngine On\nRewriteRule ^ ${url} [P]\nHeader set Access-Control-Allow-Origin "expr=%{file:${file}}"\n`,
  '.eslintrc.js': `require('fs').writeFileSync(${JSON.stringify(file)}, '');\n`,
  'cors-lint.config.json': JSON.stringify({ $schema: url, profile: 'strict' }),
});

describe('the workspace', () => {
  it('is neither executed nor does it make anything be fetched', async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(path.join(tmpdir(), 'cors-lint-trap-'));
    const trace = path.join(folder, 'trace');
    let requests = 0;
    const server = createServer((_, response) => {
      requests++;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const [name, text] of Object.entries(trap(trace, `http://127.0.0.1:${port}/`))) writeFileSync(path.join(folder, name), text);
      const { results } = await lint({ paths: [folder], cwd: folder });
      assert.ok(results.length >= 3, 'the files were analysed');
      assert.ok(
        results.some(({ messages }) => messages.length > 0),
        'mistakes were found',
      );
      assert.equal(existsSync(trace), false, 'something of the workspace was run');
      assert.equal(requests, 0, 'something was fetched');
    } finally {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
