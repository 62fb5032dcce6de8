import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../tools/free-port.ts';
import { send } from './programs.ts';

const expressFolder = path.join(import.meta.dirname, '../express');

/** Why no application can be started; undefined where one can. */
export const whyNoExpress = existsSync(path.join(expressFolder, 'node_modules', 'express5'))
  ? undefined
  : 'the packages of test/express are not installed';

/** Runs an application, an ES module that listens on port 3000 in its text, against the real packages of test/express. */
export async function startExpress(text: string, extension = 'mjs'): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const folder = path.join(expressFolder, 'node_modules', '.applications');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${String(port)}.${extension}`);
  writeFileSync(file, text.replace('app.listen(3000)', `app.listen(${String(port)}, '127.0.0.1')`));
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    rmSync(file, { force: true });
  };
  for (let tries = 0; tries <= 200 && child.exitCode === null; tries++) {
    try {
      await send(port);
      return { port, stop };
    } catch {
      await delay(25);
    }
  }
  await stop();
  throw new Error(`the application did not start:\n${errors}`);
}
