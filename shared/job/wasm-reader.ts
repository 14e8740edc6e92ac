import { ManyhandsError } from '../errors.ts';

/** Reads the primitives of the WebAssembly binary format. Every read is checked against the end. */
export class WasmReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    if (this.at >= this.end) throw malformed(this.at);
    return this.bytes[this.at++];
  }

  /** An unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      if (shift === 28 && byte > 0x0f) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformed(this.at);
  }

  /** Passes over a LEB128 of at most 64 bits, signed or not. */
  skipLeb() {
    // Most of what is read of a module is passed over here, so it reads without `u8`.
    const { bytes } = this;
    const last = Math.min(this.end, this.at + 10);
    for (let at = this.at; at < last; at++) {
      if (bytes[at] < 0x80) {
        this.at = at + 1;
        return;
      }
    }
    throw malformed(this.at);
  }

  skip(length: number) {
    if (length > this.end - this.at) throw malformed(this.at);
    this.at += length;
  }

  /** A length and that many bytes, as a reader of its own; this one goes on behind them. */
  part(): WasmReader {
    const length = this.u32();
    const start = this.at;
    this.skip(length);
    return new WasmReader(this.bytes, start, start + length);
  }

  name(): string {
    const part = this.part();
    return decoder.decode(part.bytes.subarray(part.at, part.end));
  }
}

const decoder = new TextDecoder();

/** A section of a module: `start .. end - 1` with its id and length, `body` without. */
export interface Section {
  id: number;
  start: number;
  end: number;
  body: WasmReader;
}

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  export: 7,
  code: 10,
} as const;

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/**
 * The sections of a module in order, none but custom ones twice.
 * @throws ManyhandsError MODULE_NOT_WASM, MODULE_MALFORMED.
 */
export function readSections(bytes: Uint8Array): Section[] {
  if (HEADER.some((byte, i) => bytes[i] !== byte)) {
    throw new ManyhandsError(
      'MODULE_NOT_WASM',
      'This file is not a WebAssembly module. Give a .wasm file, or C, C++ or JavaScript source.',
    );
  }
  const reader = new WasmReader(bytes, HEADER.length);
  const sections: Section[] = [];
  const seen = new Set<number>();
  while (!reader.done) {
    const start = reader.at;
    const id = reader.u8();
    if (id !== SECTION.custom && seen.has(id)) throw malformed(start);
    seen.add(id);
    const body = reader.part();
    sections.push({ id, start, end: reader.at, body });
  }
  return sections;
}

/** The error for bytes that break the binary format at an offset. */
export function malformed(offset: number): ManyhandsError {
  return new ManyhandsError(
    'MODULE_MALFORMED',
    `The WebAssembly module is damaged at byte ${offset}. Compile or upload it again.`,
    { offset },
  );
}

/** The error for WebAssembly that nodes are not promised to run. */
export function unsupported(feature: string): ManyhandsError {
  return new ManyhandsError(
    'MODULE_UNSUPPORTED',
    `The module uses ${feature}, which is not supported. Compile it for wasm32-wasi without that.`,
    { feature },
  );
}
