import { concat } from '../bytes.ts';
import { leb128 } from '../leb128.ts';
import { MAX_TABLE_ELEMENTS } from './limits.ts';
import { threads } from './wasm-code.ts';
import { malformed, readSections, SECTION, unsupported, type WasmReader } from './wasm-reader.ts';

export const WASM_PAGE_BYTES = 65_536;
const PAGES_PER_MIB = (1024 * 1024) / WASM_PAGE_BYTES;

/** Initial and greatest size of a memory (pages) or table (elements). */
interface SizeLimits {
  initial: number;
  maximum: number | null;
}

/**
 * The limits of a memory or table.
 * @throws ManyhandsError MODULE_THREADS where it is shared, MODULE_UNSUPPORTED where it is 64-bit.
 */
export function readLimits(reader: WasmReader): SizeLimits {
  const flags = reader.u8();
  if (flags & 2) throw threads();
  if (flags > 1) throw unsupported('64-bit or odd-paged memory');
  const initial = reader.u32();
  const maximum = flags === 1 ? reader.u32() : null;
  if (maximum !== null && maximum < initial) throw malformed(reader.at);
  return { initial, maximum };
}

/**
 * The module with the ceiling written into its memory, and one on its tables, so that the engine
 * itself refuses to grow them further. The module must have passed `inspectModule`.
 * @param memoryMiB the ceiling in MiB; a lower one of the module's own stays.
 */
export function limitMemory(bytes: Uint8Array, memoryMiB: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (const { id, start, end, body } of readSections(bytes)) {
    let content: number[];
    if (id === SECTION.memory) content = limitedMemories(body, memoryMiB * PAGES_PER_MIB);
    else if (id === SECTION.table) content = limitedTables(body);
    else continue;
    parts.push(bytes.subarray(copied, start));
    parts.push(Uint8Array.of(id, ...leb128(content.length), ...content));
    copied = end;
  }
  parts.push(bytes.subarray(copied));
  return concat(parts);
}

function limitedMemories(body: WasmReader, ceiling: number): number[] {
  const count = body.u32();
  const content = leb128(count);
  for (let n = 0; n < count; n++) content.push(...limited(readLimits(body), ceiling));
  return content;
}

function limitedTables(body: WasmReader): number[] {
  const count = body.u32();
  const content = leb128(count);
  for (let n = 0; n < count; n++) {
    content.push(body.u8());
    content.push(...limited(readLimits(body), MAX_TABLE_ELEMENTS));
  }
  return content;
}

function limited({ initial, maximum }: SizeLimits, ceiling: number): number[] {
  return [1, ...leb128(initial), ...leb128(Math.min(maximum ?? ceiling, ceiling))];
}
