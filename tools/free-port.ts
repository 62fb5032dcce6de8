import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';

// Below the ports that systems give to outgoing connections and to servers that ask for any port.
const first = 10_000;
const count = 22_000;
/** Suites run beside each other: each process begins in a stretch of its own, so that two do not find the same port free. */
const stretch = 500;

let asked = 0;

/** A TCP port on 127.0.0.1 that nothing listens on, and that this process has not been given before (within 22,000 calls). */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < count; tries++) {
    const port = first + ((process.pid * stretch + asked++) % count);
    if (await isFree(port)) return port;
  }
  throw new Error(`no TCP port from ${String(first)} to ${String(first + count)} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
