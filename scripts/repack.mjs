/**
 * Packs a zip file tighter: its files can be shortened, and zopfli looks longer for what repeats; what it writes is read by whatever reads
 * deflate. The layout is that of the ZIP specification (APPNOTE.TXT, 4.3): each file behind a header of its own, then the directory, then its end.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { deflateAsync } from '@gfx/zopfli';

const localHeader = { signature: 0x04034b50, length: 30 };
const directoryHeader = { signature: 0x02014b50, length: 46 };
const directoryEnd = { signature: 0x06054b50, length: 22 };
const deflated = 8;
/** Flag: sizes stand behind the data, because the writer did not know them before. */
const sizesBehind = 0x0008;

/** Of more rounds zopfli gains little for its time. */
const rounds = 1;

/**
 * Writes the zip file `file` anew with every entry deflated by zopfli, where that is shorter. Throws where it is no zip file of
 * one part with sizes below 4 GiB.
 * @param {string} file
 * @param {(name: string, content: Buffer) => Promise<Buffer>} shorten what a file of the zip is to hold instead
 */
export async function repack(file, shorten) {
  const zip = readFileSync(file);
  const end = zip.lastIndexOf(Uint8Array.of(0x50, 0x4b, 0x05, 0x06));
  if (end < 0) throw new Error(`${file} is no zip file.`);
  const count = zip.readUInt16LE(end + 10);
  /** @type {Buffer[]} */
  const parts = [];
  /** @type {Buffer[]} */
  const directory = [];
  let written = 0;
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (zip.readUInt32LE(at) !== directoryHeader.signature) throw new Error(`${file} has a directory that cannot be read.`);
    const [nameLength, extraLength, commentLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    const entry = Buffer.from(zip.subarray(at, at + directoryHeader.length + nameLength + extraLength + commentLength));
    at += entry.length;
    const name = entry.subarray(directoryHeader.length, directoryHeader.length + nameLength);
    const data = await tighter(dataOf(zip, entry), entry, (content) => shorten(name.toString(), content));
    entry.writeUInt16LE(entry.readUInt16LE(8) & ~sizesBehind, 8);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(written, 42);
    const header = Buffer.alloc(localHeader.length);
    header.writeUInt32LE(localHeader.signature, 0);
    // From the version needed to the length of the name both headers say the same.
    entry.copy(header, 4, 6, 30);
    parts.push(header, name, data);
    directory.push(entry);
    written += header.length + name.length + data.length;
  }
  const last = Buffer.from(zip.subarray(end, end + directoryEnd.length));
  last.writeUInt32LE(Buffer.concat(directory).length, 12);
  last.writeUInt32LE(written, 16);
  last.writeUInt16LE(0, 20);
  writeFileSync(file, Buffer.concat([...parts, ...directory, last]));
}

/** @param {Buffer} zip @param {Buffer} entry its header in the directory */
function dataOf(zip, entry) {
  const local = entry.readUInt32LE(42);
  const start = local + localHeader.length + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  return zip.subarray(start, start + entry.readUInt32LE(20));
}

/**
 * The data of a file, shortened and deflated, and its header in the directory told of what it holds then.
 * @param {Buffer} data
 * @param {Buffer} entry
 * @param {(content: Buffer) => Promise<Buffer>} shorten
 */
async function tighter(data, entry, shorten) {
  if (entry.readUInt16LE(10) !== deflated) return data;
  const before = inflateRawSync(data);
  const content = await shorten(before);
  const found = Buffer.from(await deflateAsync(content, { numiterations: rounds }));
  if (content.equals(before) && found.length >= data.length) return data;
  entry.writeUInt32LE(crc32(content), 16);
  entry.writeUInt32LE(content.length, 24);
  return found;
}
