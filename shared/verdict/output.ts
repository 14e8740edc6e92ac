import type { BlobRef } from '../blob/ref.ts';
import { concat, fromHex, fromUtf8, toHex, utf8 } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import { leb128 } from '../leb128.ts';

/** What was collected from one run, in the canonical order of its fields. */
export interface Output {
  stdout?: Uint8Array;
  stderr?: Uint8Array;
  exitCode?: number;
  /** JSON text of the function's return value. */
  value?: string;
  files?: { path: string; bytes: Uint8Array }[];
  /** Fields whose bytes stay with the nodes that computed them; each is there in this list only. */
  referred?: Referred[];
}

/** A field of an output that is a blob of its own. */
export interface Referred {
  field: 'stdout' | 'stderr' | 'value' | 'file';
  /** Of a file; empty for the others. */
  path: string;
  blob: BlobRef;
}

const FIELD = { stdout: 1, stderr: 2, exitCode: 3, value: 4, file: 5, referred: 6 } as const;
const NAME_BYTES = 32;
const REFERABLE = ['stdout', 'stderr', 'value', 'file'] as const;

/**
 * The canonical bytes of an output: fields in ascending tag order, files in the job's order, each
 * as tag (u8), length (LEB128) and content; a file's content is its path's length (LEB128), the
 * path and the bytes. Last come references, in the order of the fields they stand for: field's tag (u8),
 * path's length (LEB128), path, blob's length (LEB128), its id and its manifest's (32 bytes each). Equal outputs have equal bytes, so a digest of them can be compared.
 */
export function encodeOutput(output: Output): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const field = (tag: number, content: Uint8Array) => {
    parts.push(Uint8Array.of(tag, ...leb128(content.length)), content);
  };
  if (output.stdout) field(FIELD.stdout, output.stdout);
  if (output.stderr) field(FIELD.stderr, output.stderr);
  if (output.exitCode !== undefined) field(FIELD.exitCode, utf8(String(output.exitCode)));
  if (output.value !== undefined) field(FIELD.value, utf8(output.value));
  for (const { path, bytes } of output.files ?? []) {
    const name = utf8(path);
    field(FIELD.file, concat([Uint8Array.from(leb128(name.length)), name, bytes]));
  }
  for (const referred of output.referred ?? []) field(FIELD.referred, encodeReferred(referred));
  return concat(parts);
}

function encodeReferred({ field, path, blob }: Referred): Uint8Array {
  const name = utf8(path);
  return concat([
    Uint8Array.of(FIELD[field], ...leb128(name.length)),
    name,
    Uint8Array.from(leb128(blob.bytes)),
    fromHex(blob.id),
    fromHex(blob.manifest),
  ]);
}

function decodeReferred(content: Uint8Array): Referred {
  const field = REFERABLE.find((name) => FIELD[name] === content[0]);
  const [nameLength, nameStart] = readLeb128(content, 1);
  const path = fromUtf8(slice(content, nameStart, nameLength));
  const [bytes, idStart] = readLeb128(content, nameStart + nameLength);
  const fits =
    content.length === idStart + 2 * NAME_BYTES && (field === 'file') === path.length > 0;
  if (!field || !fits) throw malformed();
  const id = toHex(content.subarray(idStart, idStart + NAME_BYTES));
  const manifest = toHex(content.subarray(idStart + NAME_BYTES));
  return { field, path, blob: { id, bytes, manifest } };
}

/**
 * The output of its canonical bytes. Contents are views into `bytes`.
 * @throws ManyhandsError `OUTPUT_MALFORMED`: a hostile node can have sent anything.
 */
export function decodeOutput(bytes: Uint8Array): Output {
  const output: Output = {};
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at];
    const [length, start] = readLeb128(bytes, at + 1);
    const content = slice(bytes, start, length);
    at = start + length;
    if (tag === FIELD.stdout) output.stdout = content;
    else if (tag === FIELD.stderr) output.stderr = content;
    else if (tag === FIELD.exitCode) output.exitCode = exitCode(content);
    else if (tag === FIELD.value) output.value = fromUtf8(content);
    else if (tag === FIELD.file) {
      const [nameLength, nameStart] = readLeb128(content, 0);
      const path = fromUtf8(slice(content, nameStart, nameLength));
      output.files ??= [];
      output.files.push({ path, bytes: content.subarray(nameStart + nameLength) });
    } else if (tag === FIELD.referred) {
      output.referred ??= [];
      output.referred.push(decodeReferred(content));
    } else throw malformed();
  }
  return output;
}

/** Tag, length, field, two lengths and two names: no reference takes fewer bytes. */
const SHORTEST_REFERRED = 5 + 2 * NAME_BYTES;

/**
 * Whether an output refers to blobs, told without decoding it: most outputs are short, and this is
 * asked of every result. Malformed bytes refer to nothing, as `decodeOutput` does not read them.
 */
export function hasReferences(bytes: Uint8Array): boolean {
  if (bytes.length < SHORTEST_REFERRED) return false;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === FIELD.referred) return true;
    let length = 0;
    let factor = 1;
    for (at++; bytes[at] >= 0x80; at++, factor *= 128) length += (bytes[at] & 0x7f) * factor;
    length += (bytes[at] ?? 0) * factor;
    at += 1 + length;
  }
  return false;
}

function exitCode(content: Uint8Array): number {
  const text = fromUtf8(content);
  if (!/^\d{1,10}$/.test(text)) throw malformed();
  return Number(text);
}

function readLeb128(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  let factor = 1;
  // Five bytes hold 2^35 - 1, more than any frame.
  for (let i = at; i < at + 5; i++) {
    const byte = bytes[i];
    if (byte === undefined) throw malformed();
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return [value, i + 1];
    factor *= 128;
  }
  throw malformed();
}

function slice(bytes: Uint8Array, start: number, length: number): Uint8Array {
  if (start + length > bytes.length) throw malformed();
  return bytes.subarray(start, start + length);
}

function malformed(): ManyhandsError {
  return new ManyhandsError('OUTPUT_MALFORMED', 'These bytes are not the output of a run.');
}
