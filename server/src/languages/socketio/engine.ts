/** socket.io joins the reading of a program: servers with a `cors` option become policies (behaviour 10). */
import type { FrameworkEngine, FrameworkPolicies, FrameworkReading, Reading } from '../javascript/framework.ts';
import { type CallSite, type HostObject, hostValue, type JsValue, nativeFunction } from '../javascript/values.ts';
import { socketServer } from './options.ts';
import { socketPolicies, type SocketServer } from './policies.ts';

export const engine: FrameworkEngine = { join: (reading) => new SocketReading(reading) };

class SocketReading implements FrameworkReading {
  readonly #reading: Reading;
  readonly #servers: SocketServer[] = [];
  readonly #exports: JsValue;

  constructor(reading: Reading) {
    this.#reading = reading;
    const make = (args: readonly JsValue[], site: CallSite): JsValue => {
      this.#add(args, site);
      return hostValue(server);
    };
    const server: HostObject = {
      type: 'socket.io server',
      get: (name) =>
        name === 'attach' || name === 'listen'
          ? nativeFunction(`io.${name}`, (args, site) => {
              this.#add(args, site);
              return hostValue(server);
            })
          : undefined,
    };
    const self: JsValue = hostValue({
      type: 'socket.io',
      call: make,
      construct: make,
      get: (name) => (name === 'Server' || name === 'default' ? self : undefined),
    });
    this.#exports = self;
  }

  #add(args: readonly JsValue[], site: CallSite): void {
    const made = socketServer(
      args.findLast((each) => each.kind === 'object'),
      site.place,
    );
    if (made) this.#servers.push(made);
  }

  packageExports(name: string): JsValue | undefined {
    return name === 'socket.io' ? this.#exports : undefined;
  }

  finish(): FrameworkPolicies {
    return socketPolicies(this.#reading, this.#servers, 'socketio', 'socket.io');
  }
}
