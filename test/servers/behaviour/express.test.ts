/** The facts about Express and cors (docs/behaviour.md, section 3), observed on the real packages. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { routingRows } from './express-routing.ts';
import { expressRows } from './express-rows.ts';
import { observe, whyNoExpress } from './express-row.ts';

const rows = [...expressRows, ...routingRows];
const versions = [4, 5] as const;
const missing = whyNoExpress();

describe('Express behaves as docs/behaviour.md says', function () {
  this.timeout(20_000);
  before(function () {
    if (missing === undefined) return;
    console.log(`      Express: ${String(rows.length)} observations skipped: ${missing}`);
    this.skip();
  });

  for (const row of rows) {
    for (const version of versions) {
      if (row.version === undefined || row.version === version)
        it(`${row.fact}: Express ${String(version)}: ${row.what}`, () => observe(row, version));
    }
  }

  for (const path of ['*', '(.*)']) {
    it(`3.6: Express 5 refuses the path ${path} at start-up, Express 4 takes it`, async () => {
      const build = {
        fact: '3.6',
        what: path,
        build: (app: Parameters<(typeof rows)[number]['build']>[0]): void => void app.options(path),
        expect: [],
      };
      await observe(build, 4);
      await assert.rejects(observe(build, 5), TypeError);
    });
  }

  it('3.13: a method in lower case is answered with 400 before any handler runs', async () => {
    let asked = 0;
    const server = http.createServer((_request, response) => {
      asked++;
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      // Node's own client would write the method in upper case.
      const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.write('options / HTTP/1.1\r\nHost: a.com\r\n\r\n');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      assert.match(answer.toString(), /^HTTP\/1\.1 400 /);
      assert.equal(asked, 0);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  for (const [what, use] of [
    ['cors without a call', 'function'],
    ['an origin function that never answers', 'silent'],
  ] as const) {
    it(`3.2: ${what} hangs the request`, async () => {
      const row = {
        fact: '3.2',
        what,
        build: (app: Parameters<(typeof rows)[number]['build']>[0], cors: Parameters<(typeof rows)[number]['build']>[1]): void =>
          void app.use(use === 'function' ? cors : cors({ origin: () => undefined })),
        expect: [['GET / | Origin: https://a.com', '200']] as const,
      };
      await assert.rejects(observe(row, 4, 300), /no answer within/);
    });
  }
});
