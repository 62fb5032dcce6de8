/**
 * Keeps what V8 has compiled of the bundles from one start to the next. Most of a start is compiling; V8 can give out what it
 * compiled and take it back later (`vm.Script`, `cachedData`). It is asked for that when the functions that a start needs have
 * run, since until then it has compiled nothing but the outermost code. Node's own `module.enableCompileCache()` does the
 * same, from Node 22 on.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import vm from 'node:vm';
import { crc32 } from 'node:zlib';

/** What Node does to a file after it is read: the method that everything that compiles in between replaces. */
interface Compiling {
  exports: object;
  require(id: string): unknown;
  _compile(source: string, filename: string, ...more: readonly unknown[]): unknown;
}

/** Starts so many that a file's code is written anew, and one on each day after: another start may need other functions of it. */
const mostStarts = 4;
/** Milliseconds without another file being loaded, after which a process that goes on has compiled what a start needs. */
const settled = 3000;
/** Days after which what was written is thrown away, for there may be a newer version. */
const mostDays = 30;

const millisecondsADay = 86_400_000;

/** The checksum of the code, how many starts have written it, and the day on which one last did, in days since 1970. */
const headerLength = 12;

interface Loaded {
  readonly file: string;
  readonly script: vm.Script;
  readonly starts: number;
}

/**
 * From now on, files below `folder` are compiled once for all starts of the same V8. Does nothing where `NODE_DISABLE_COMPILE_CACHE`
 * is set, or where the user has no folder for caches that only the user can write to: compiled code is trusted.
 */
export function keepCompiled(folder: string): void {
  // What measures coverage needs V8 to compile everything itself.
  if (process.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined || process.env['NODE_V8_COVERAGE'] !== undefined) return;
  const kept = privateFolder();
  if (kept === undefined) return;

  const today = Math.floor(Date.now() / millisecondsADay);
  const loaded: Loaded[] = [];
  const write = (): void => {
    if (loaded.some(({ starts }) => starts === 1)) removeOld(path.dirname(kept));
    for (const each of loaded.splice(0)) writeCode(each, today);
  };
  let timer: NodeJS.Timeout | undefined;
  process.on('exit', write);

  const prototype = Module.prototype as unknown as Compiling;
  const compileAlways = Object.getOwnPropertyDescriptor(prototype, '_compile')?.value as Compiling['_compile'];
  prototype._compile = function (source, filename, ...more) {
    if (!filename.startsWith(folder + path.sep)) return compileAlways.call(this, source, filename, ...more);
    const file = path.join(kept, `${path.basename(filename)}-${crc32(source).toString(16)}`);
    const code = readCode(file);
    const [before, after] = ['(function (exports, require, module, __filename, __dirname) { ', '\n})'];
    const text = before + source.replace(/^#!.*/, '') + after;
    const script = new vm.Script(text, { filename, columnOffset: -before.length, ...(code && { cachedData: code.data }) });
    const starts = code && script.cachedDataRejected !== true ? code.starts : 0;
    if (starts < mostStarts || code?.day !== today) {
      loaded.push({ file, script, starts: starts + 1 });
      clearTimeout(timer);
      timer = setTimeout(write, settled).unref();
    }
    const run = script.runInThisContext() as (...values: readonly unknown[]) => unknown;
    return run.call(this.exports, this.exports, (id: string) => this.require(id), this, filename, path.dirname(filename));
  };
}

/** The folder for what this V8 compiled; undefined where there is none that only the user can write to. */
function privateFolder(): string | undefined {
  const folder = path.join(cacheHome(), 'cors-lint', `${process.versions.v8}-${process.arch}`);
  try {
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(folder, 0o700);
    // Windows has no such bits; the folder of a user is the user's there.
    if (process.getuid === undefined) return folder;
    const { uid, mode } = statSync(folder);
    return uid === process.getuid() && (mode & 0o022) === 0 ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** Where each system keeps what can be made again. */
function cacheHome(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Caches');
  const named = process.env['XDG_CACHE_HOME'];
  return named !== undefined && path.isAbsolute(named) ? named : path.join(homedir(), '.cache');
}

/** What was written of a file; undefined where there is nothing, or it is damaged, which V8 itself does not see. */
function readCode(file: string): { readonly data: Buffer; readonly starts: number; readonly day: number } | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return undefined;
  }
  if (bytes.length <= headerLength) return undefined;
  const data = bytes.subarray(headerLength);
  if (bytes.readUInt32LE(0) !== crc32(data)) return undefined;
  return { data, starts: bytes.readUInt32LE(4), day: bytes.readUInt32LE(8) };
}

/** A cache that cannot be written is none; the next start compiles again. */
function writeCode({ file, script, starts }: Loaded, day: number): void {
  try {
    const data = script.createCachedData();
    const header = Buffer.alloc(headerLength);
    header.writeUInt32LE(crc32(data), 0);
    header.writeUInt32LE(starts, 4);
    header.writeUInt32LE(day, 8);
    // Another process may read at any time: it finds all of it or nothing.
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, Buffer.concat([header, data]), { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    return;
  }
}

/** Throws away what was written long ago, of every V8. */
function removeOld(folder: string): void {
  const long = Date.now() - mostDays * millisecondsADay;
  try {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(folder, name);
      const found = statSync(file);
      if (found.isFile() && found.mtimeMs < long) rmSync(file);
    }
  } catch {
    return;
  }
}
