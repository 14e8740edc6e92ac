import { concat, utf8 } from '../../shared/bytes.ts';
import { readLimits } from '../../shared/job/module-memory.ts';
import { readSections, SECTION } from '../../shared/job/wasm-reader.ts';

/** Where a hoisted module imports its memory from; programs may import from nowhere but WASI. */
export const MEMORY_IMPORT = { module: 'manyhands', name: 'memory' } as const;

/** A module whose memory is given to it, and what that memory must be, in pages. */
export interface HoistedModule {
  bytes: Uint8Array<ArrayBuffer>;
  memory: { initial: number; maximum: number };
}

/**
 * Makes a module import the one memory that it defines. A new memory for each shard costs several
 * times what a tiny shard does; one that is given can be cleared and given again.
 * Nothing else in the module changes: memories have an index space of their own.
 * @param bytes must have passed `inspectModule` and `limitMemory`.
 */
export function hoistMemory(bytes: Uint8Array): HoistedModule {
  const sections = readSections(bytes);
  const defined = sections.find(({ id }) => id === SECTION.memory);
  if (!defined) throw new TypeError('limitMemory leaves no module without a memory');
  // Behind the count of memories, which is 1 and takes one byte.
  const type = bytes.subarray(defined.body.at + 1, defined.end);
  defined.body.u32();
  const { initial, maximum } = readLimits(defined.body);
  if (maximum === null) throw new TypeError('limitMemory leaves no memory without a maximum');

  const parts: Uint8Array[] = [];
  let copied = 0;
  const replace = (start: number, end: number, replacement: Uint8Array[]) => {
    parts.push(bytes.subarray(copied, start), ...replacement);
    copied = end;
  };
  const imports = sections.find(({ id }) => id === SECTION.import);
  const count = imports ? imports.body.u32() : 0;
  const others = imports ? bytes.subarray(imports.body.at, imports.end) : new Uint8Array();
  const section = importSection(count + 1, others, type);
  const types = sections.find(({ id }) => id === SECTION.type);
  if (imports) replace(imports.start, imports.end, section);
  else replace(types?.end ?? 8, types?.end ?? 8, section);
  replace(defined.start, defined.end, []);
  parts.push(bytes.subarray(copied));
  return { bytes: concat(parts), memory: { initial, maximum } };
}

function importSection(count: number, others: Uint8Array, memoryType: Uint8Array): Uint8Array[] {
  const content = concat([
    leb128(count),
    others,
    name(MEMORY_IMPORT.module),
    name(MEMORY_IMPORT.name),
    Uint8Array.of(MEMORY_KIND),
    memoryType,
  ]);
  return [Uint8Array.of(SECTION.import), leb128(content.length), content];
}

const MEMORY_KIND = 2;

function name(text: string): Uint8Array {
  const bytes = utf8(text);
  return concat([leb128(bytes.length), bytes]);
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return Uint8Array.from(bytes);
}
