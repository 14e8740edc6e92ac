import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import { MAX_PROGRAM_BYTES, MAX_TABLE_ELEMENTS } from './limits.ts';
import { checkModule, inspectModule } from './module.ts';
import { limitMemory } from './module-memory.ts';

const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** The instruction that takes a value off the stack. */
const drop = 0x1a;
const EMPTY_TYPE = [1, 0x60, 0, 0];
const MEMORY_ONE_PAGE = [1, 0, 1];

interface Parts {
  types?: number[];
  imports?: number[];
  table?: number[];
  memory?: number[];
  exports?: number[];
  /** Instructions of `_start`, without locals and end. */
  code?: number[];
}

function name(text: string): number[] {
  return [text.length, ...utf8(text)];
}

const importOf = (module: string, field: string, kind = 0) => [
  1,
  ...name(module),
  ...name(field),
  kind,
  0,
];
const exportsOf = (start: number, memory = 'memory') => [
  2,
  ...name('_start'),
  0,
  start,
  ...name(memory),
  2,
  0,
];

/** A module that may be posted, with some of its parts replaced. */
function moduleOf(parts: Parts = {}): Uint8Array<ArrayBuffer> {
  const { types = EMPTY_TYPE, imports, table, memory = MEMORY_ONE_PAGE, code = [] } = parts;
  const exports = parts.exports ?? exportsOf(imports ? 1 : 0);
  const body = [0, ...code, 0x0b];
  const section = (id: number, content: number[] | undefined) =>
    content ? [id, ...leb(content.length), ...content] : [];
  return Uint8Array.from([
    ...HEADER,
    ...section(1, types),
    ...section(2, imports),
    ...section(3, [1, 0]),
    ...section(4, table),
    ...section(5, memory),
    ...section(7, exports),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}

const codeOf = (bytes: Uint8Array, memoryMiB = 1) => {
  try {
    inspectModule(bytes, memoryMiB);
    return 'accepted';
  } catch (error) {
    if (error instanceof ManyhandsError) return error.code;
    throw error;
  }
};

describe('inspectModule', () => {
  it('JOB-25 accepts a command with WASI imports, and tells what it imports and begins with', () => {
    expect(checkModule(moduleOf(), 1)).toEqual({ imports: [], initialMemory: 65_536 });
    const imports = importOf('wasi_snapshot_preview1', 'fd_write');
    expect(inspectModule(moduleOf({ imports }), 1).imports).toEqual(['fd_write']);
  });

  it.each([
    [
      'sockets',
      importOf('wasi_snapshot_preview1', 'sock_send'),
      'wasi_snapshot_preview1.sock_send',
    ],
    ['the page', importOf('env', 'alert'), 'env.alert'],
    ['an older WASI', importOf('wasi_unstable', 'fd_write'), 'wasi_unstable.fd_write'],
    ['a memory', importOf('wasi_snapshot_preview1', 'fd_write', 2), 'fd_write'],
    ['a global', importOf('wasi_snapshot_preview1', 'fd_write', 3), 'fd_write'],
  ])('JOB-26 refuses imports of %s by name', (_, imports, named) => {
    expect(() => inspectModule(moduleOf({ imports }), 1)).toThrow(
      expect.objectContaining({
        code: 'MODULE_IMPORT_FORBIDDEN',
        message: expect.stringContaining(named),
      }),
    );
  });

  it('JOB-27 refuses what has no start, no memory, or too much of it', () => {
    expect(codeOf(moduleOf({ exports: [0] }))).toBe('MODULE_NO_START');
    expect(codeOf(moduleOf({ types: [1, 0x60, 0, 1, 0x7f] }))).toBe('MODULE_NO_START');
    expect(codeOf(moduleOf({ exports: exportsOf(0, 'other') }))).toBe('MODULE_NO_MEMORY');
    expect(codeOf(moduleOf({ memory: [0] }))).toBe('MODULE_NO_MEMORY');
    expect(codeOf(moduleOf({ memory: [1, 0, 16] }), 1)).toBe('accepted');
    expect(codeOf(moduleOf({ memory: [1, 0, 17] }), 1)).toBe('MODULE_MEMORY_TOO_LARGE');
    expect(codeOf(moduleOf({ memory: [2, 0, 1, 0, 1] }))).toBe('MODULE_UNSUPPORTED');
    expect(codeOf(moduleOf({ memory: [1, 4, 1] }))).toBe('MODULE_UNSUPPORTED');
    expect(codeOf(moduleOf({ table: [1, 0x70, 0, ...leb(MAX_TABLE_ELEMENTS + 1)] }))).toBe(
      'MODULE_TABLE_TOO_LARGE',
    );
    expect(codeOf(moduleOf({ table: [5] }))).toBe('MODULE_TABLE_TOO_LARGE');
    expect(codeOf(new Uint8Array(MAX_PROGRAM_BYTES + 1))).toBe('MODULE_TOO_LARGE');
  });

  it('JOB-28 refuses threads and relaxed SIMD wherever they are in the code', () => {
    expect(codeOf(moduleOf({ memory: [1, 3, 1, 1] }))).toBe('MODULE_THREADS');
    const atomicFence = [0xfe, 3, 0];
    expect(codeOf(moduleOf({ code: [0x01, ...atomicFence] }))).toBe('MODULE_THREADS');
    const relaxedMadd = [0xfd, 0x85, 0x02];
    expect(codeOf(moduleOf({ code: relaxedMadd }))).toBe('MODULE_RELAXED_SIMD');
  });

  it('JOB-28 takes the same bytes for what they are inside of constants', () => {
    const constants = [0x44, 0xfe, 3, 0xfd, 0x85, 2, 0xfb, 0xff, 0xff, drop];
    const vector = [0xfd, 12, ...new Array(16).fill(0xfe), drop];
    const large = [0x41, 0xfe, 0xfd, 0x05, drop];
    const module = moduleOf({ code: [...constants, ...vector, ...large] });
    expect(checkModule(module, 1)).toBeTruthy();
  });

  it('JOB-28 reads every kind of immediate that engines accept', () => {
    const zero = [0x41, 0];
    const vector = [0xfd, 12, ...new Array(16).fill(0)];
    const instructions = [
      [0x02, 0x40, 0x03, 0x40, 0x0b, 0x0b], // block, loop
      [...zero, 0x04, 0x7f, ...zero, 0x05, ...zero, 0x0b, drop], // if else with a result
      [0x02, 0x40, 0x02, 0x40, ...zero, 0x0e, 1, 0, 1, 0x0b, 0x0b], // br_table
      [...zero, ...zero, ...zero, 0x1c, 1, 0x7f, drop], // select with a type
      [...zero, 0x28, 2, 0x80, 0x01, drop], // load with a long offset
      [0x3f, 0, 0x40, 0, drop], // memory.size, memory.grow
      [0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, drop], // i64.const
      [0x43, 0, 0, 0x80, 0x3f, 0xfc, 0, drop], // i32.trunc_sat_f32_s
      [...zero, ...zero, ...zero, 0xfc, 10, 0, 0], // memory.copy
      [...zero, ...zero, ...zero, 0xfc, 11, 0], // memory.fill
      [...vector, ...vector, 0xfd, 13, ...new Array(16).fill(31), drop], // shuffle
      [...vector, 0xfd, 21, 15, drop], // extract lane
      [...zero, ...vector, 0xfd, 84, 0, 0, 15, drop], // load lane
      [...zero, 0xfd, 92, 2, 0, drop], // load zero
      [...vector, ...vector, 0xfd, 0xba, 0x01, drop], // i32x4.dot, a two-byte opcode
      [0xd0, 0x70, 0xd1, drop], // ref.null, ref.is_null
      [0x10, 0], // call
    ];
    for (const code of instructions) expect(checkModule(moduleOf({ code }), 1)).toBeTruthy();
  });

  it('JOB-29 refuses what is no module, is cut short, or breaks the rules of types', () => {
    expect(codeOf(utf8('int main() {}'))).toBe('MODULE_NOT_WASM');
    expect(codeOf(new Uint8Array())).toBe('MODULE_NOT_WASM');
    const sound = moduleOf({ imports: importOf('wasi_snapshot_preview1', 'fd_write') });
    for (let length = HEADER.length; length < sound.length; length++) {
      expect(codeOf(sound.subarray(0, length))).toMatch(/^MODULE_/);
    }
    expect(codeOf(concat([moduleOf(), moduleOf().subarray(8)]))).toBe('MODULE_MALFORMED');
    expect(codeOf(moduleOf({ code: [0xfb, 0] }))).toBe('MODULE_UNSUPPORTED');
    expect(() => checkModule(moduleOf({ code: [drop] }), 1)).toThrow(
      expect.objectContaining({ code: 'MODULE_INVALID' }),
    );
  });

  it('JOB-29 fails with a code only, and never accepts what makes limitMemory fail', () => {
    const sound = moduleOf({
      imports: importOf('wasi_snapshot_preview1', 'fd_write'),
      table: [1, 0x70, 0, 2],
      code: [
        0x41,
        1,
        0x04,
        0x40,
        0x0b,
        0x43,
        0,
        0,
        0,
        0,
        drop,
        0xfd,
        12,
        ...new Array(16).fill(7),
        drop,
      ],
    });
    expect(codeOf(sound)).toBe('accepted');
    const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = sound.slice();
        for (const [at, value] of changes) bytes[at] = value;
        if (codeOf(bytes) !== 'accepted') return;
        const limited = limitMemory(bytes, 1);
        expect(codeOf(limited)).toBe('accepted');
        // The other way round it may mend a module: a highest size that was below the least.
        if (WebAssembly.validate(bytes)) expect(WebAssembly.validate(limited)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('limitMemory', () => {
  /** Pages that a module can grow its memory to. */
  function mostPages(module: Uint8Array<ArrayBuffer>): number {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module));
    const memory = exports.memory as WebAssembly.Memory;
    expect(() => memory.grow(16_384)).toThrow();
    while (true) {
      try {
        memory.grow(1);
      } catch {
        return memory.buffer.byteLength / 65_536;
      }
    }
  }

  it('JOB-19 makes the engine itself refuse memory above the ceiling', () => {
    expect(mostPages(limitMemory(moduleOf(), 1))).toBe(16);
    expect(mostPages(limitMemory(moduleOf({ memory: [1, 1, 1, 0x80, 0x80, 4] }), 2))).toBe(32);
  });

  it('JOB-19 leaves a lower ceiling of the module, and all other sections, as they are', () => {
    expect(mostPages(limitMemory(moduleOf({ memory: [1, 1, 1, 3] }), 1))).toBe(3);
    const once = limitMemory(moduleOf({ table: [1, 0x70, 0, 2] }), 1);
    expect(limitMemory(once, 1)).toEqual(once);
    expect(WebAssembly.validate(once)).toBe(true);
  });
});
