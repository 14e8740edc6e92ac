import { ManyhandsError } from '../errors.ts';
import { malformed, unsupported, type WasmReader } from './wasm-reader.ts';

/** What follows an opcode. */
const NONE = 0;
const LEB = 1;
const LEB_LEB = 2;
const MEMARG = 3;
const BYTES_4 = 4;
const BYTES_8 = 5;
const BR_TABLE = 6;
const SELECT_TYPES = 7;
const TRY_TABLE = 8;
const PREFIX_FC = 9;
const PREFIX_SIMD = 10;
const PREFIX_THREADS = 11;
const UNKNOWN = 12;

const IMMEDIATES = immediates();

/**
 * Reads every instruction of a code section's body, to find those that must not be there: threads
 * and relaxed SIMD, whose results differ between machines. Types are not checked.
 * @returns how many functions there are.
 * @throws ManyhandsError MODULE_THREADS, MODULE_RELAXED_SIMD, MODULE_UNSUPPORTED, MODULE_MALFORMED.
 */
export function checkCode(section: WasmReader): number {
  const functions = section.u32();
  for (let n = 0; n < functions; n++) {
    const body = section.part();
    const groups = body.u32();
    for (let g = 0; g < groups; g++) {
      body.skipLeb();
      body.skipLeb();
    }
    while (!body.done) skipInstruction(body);
    if (body.bytes[body.end - 1] !== 0x0b) throw malformed(body.end - 1);
  }
  return functions;
}

function skipInstruction(body: WasmReader) {
  const opcode = body.u8();
  switch (IMMEDIATES[opcode]) {
    case NONE:
      return;
    case LEB:
      return body.skipLeb();
    case LEB_LEB:
      body.skipLeb();
      return body.skipLeb();
    case MEMARG:
      return skipMemarg(body);
    case BYTES_4:
      return body.skip(4);
    case BYTES_8:
      return body.skip(8);
    case BR_TABLE:
      for (let n = body.u32(); n >= 0; n--) body.skipLeb();
      return;
    case SELECT_TYPES:
      for (let n = body.u32(); n > 0; n--) body.skipLeb();
      return;
    case TRY_TABLE:
      return skipTryTable(body);
    case PREFIX_FC:
      return skipBulk(body);
    case PREFIX_SIMD:
      return skipSimd(body);
    case PREFIX_THREADS:
      throw threads();
    default:
      throw unsupported(`instruction 0x${opcode.toString(16)}`);
  }
}

/** The error for shared memory and atomic instructions. */
export function threads(): ManyhandsError {
  return new ManyhandsError(
    'MODULE_THREADS',
    'The module uses threads or shared memory. A shard runs on one thread: compile without -pthread.',
  );
}

function skipMemarg(body: WasmReader) {
  const flags = body.u32();
  if (flags >= 0x40) throw unsupported('several memories');
  body.skipLeb();
}

function skipTryTable(body: WasmReader) {
  body.skipLeb();
  for (let n = body.u32(); n > 0; n--) {
    const kind = body.u8();
    if (kind < 2) body.skipLeb();
    body.skipLeb();
  }
}

/** Saturating conversions take nothing, bulk memory and table instructions one or two indices. */
function skipBulk(body: WasmReader) {
  const opcode = body.u32();
  if (opcode > 17) throw unsupported(`instruction 0xfc ${opcode}`);
  if (opcode < 8) return;
  body.skipLeb();
  if (opcode === 8 || opcode === 10 || opcode === 12 || opcode === 14) body.skipLeb();
}

function skipSimd(body: WasmReader) {
  const opcode = body.u32();
  if (opcode >= 0x100) {
    throw new ManyhandsError(
      'MODULE_RELAXED_SIMD',
      'The module uses relaxed SIMD, whose results differ between machines. Compile with -msimd128 only.',
      { opcode },
    );
  }
  const loadsOrStores = opcode <= 11 || opcode === 92 || opcode === 93;
  if (loadsOrStores) skipMemarg(body);
  else if (opcode === 12 || opcode === 13) body.skip(16);
  else if (opcode >= 21 && opcode <= 34) body.skip(1);
  else if (opcode >= 84 && opcode <= 91) {
    skipMemarg(body);
    body.skip(1);
  }
}

function immediates(): Uint8Array {
  const table = new Uint8Array(256).fill(UNKNOWN);
  const set = (from: number, to: number, what: number) => table.fill(what, from, to + 1);
  set(0x00, 0x01, NONE);
  set(0x02, 0x04, LEB); // block, loop, if: a block type
  set(0x05, 0x05, NONE);
  set(0x06, 0x09, LEB); // try, catch, throw, rethrow
  set(0x0a, 0x0b, NONE);
  set(0x0c, 0x0d, LEB);
  set(0x0e, 0x0e, BR_TABLE);
  set(0x0f, 0x0f, NONE);
  set(0x10, 0x10, LEB);
  set(0x11, 0x11, LEB_LEB);
  set(0x12, 0x12, LEB); // tail calls
  set(0x13, 0x13, LEB_LEB);
  set(0x18, 0x18, LEB);
  set(0x19, 0x1b, NONE);
  set(0x1c, 0x1c, SELECT_TYPES);
  set(0x1f, 0x1f, TRY_TABLE);
  set(0x20, 0x26, LEB);
  set(0x28, 0x3e, MEMARG);
  set(0x3f, 0x42, LEB); // memory.size, memory.grow, i32.const, i64.const
  set(0x43, 0x43, BYTES_4);
  set(0x44, 0x44, BYTES_8);
  set(0x45, 0xc4, NONE);
  set(0xd0, 0xd0, LEB);
  set(0xd1, 0xd1, NONE);
  set(0xd2, 0xd2, LEB);
  set(0xfc, 0xfc, PREFIX_FC);
  set(0xfd, 0xfd, PREFIX_SIMD);
  set(0xfe, 0xfe, PREFIX_THREADS);
  return table;
}
