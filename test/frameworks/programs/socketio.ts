/** Programs of socket.io: the options that it hands to the cors package. */
import type { Request } from '../../express/conformance.ts';
import { corsOptions, origins, type Program, setUp } from './program.ts';

const socketPath = '/socket.io/?EIO=4&transport=polling';
export const socketRequests: readonly Request[] = origins.flatMap((origin): Request[] => {
  const headers: Record<string, string> = origin === undefined ? {} : { origin };
  const preflight = { ...headers, 'access-control-request-method': 'POST' };
  return [
    { method: 'GET', path: socketPath, headers },
    { method: 'OPTIONS', path: socketPath, headers: preflight },
    { method: 'OPTIONS', path: socketPath, headers: { ...preflight, 'access-control-request-headers': 'x-a' } },
  ];
});

function socketProgram(name: string, make: string): Program {
  return {
    name,
    source: `const { Server } = require('socket.io'); const server = require('http').createServer();
${setUp}${make}
module.exports = server;`,
  };
}

export const socketPrograms: readonly Program[] = [
  ...corsOptions.map((options) => socketProgram(options, `const io = new Server(server, { cors: ${options} });`)),
  socketProgram('on', 'const io = new Server(server, { cors: true });'),
  socketProgram(
    'attached later',
    "const io = new Server({ cors: { origin: allowed } }); io.on('connection', () => {}); io.attach(server);",
  ),
  socketProgram('a function', "const io = require('socket.io')(server, { cors: { origin: allowed }, serveClient: false });"),
];
