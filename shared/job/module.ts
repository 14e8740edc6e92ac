import { ManyhandsError } from '../errors.ts';
import { MAX_PROGRAM_BYTES, MAX_TABLE_ELEMENTS, MAX_TABLES } from './limits.ts';
import { readLimits, WASM_PAGE_BYTES } from './module-memory.ts';
import { isWasiFunction, WASI_MODULE } from './wasi-functions.ts';
import { checkCode } from './wasm-code.ts';
import { malformed, readSections, SECTION, unsupported, WasmReader } from './wasm-reader.ts';

/** What an inspected module is. */
export interface ModuleInfo {
  /** Names of the WASI functions it imports. */
  imports: string[];
  /** Bytes of memory that it starts with. */
  initialMemory: number;
}

/**
 * Checks without running it that a WASM module may be posted as a program: WASI preview 1 imports
 * only, one memory of its own that begins within the ceiling and is exported as `memory`, an
 * exported `_start`, and none of the features whose results differ between machines. Whether it is
 * well typed is left to `WebAssembly.validate`, see `checkModule`.
 * @param memoryMiB the job's ceiling.
 * @throws ManyhandsError MODULE_NOT_WASM, MODULE_MALFORMED, MODULE_TOO_LARGE, MODULE_UNSUPPORTED,
 * MODULE_IMPORT_FORBIDDEN, MODULE_MEMORY_TOO_LARGE, MODULE_TABLE_TOO_LARGE, MODULE_NO_MEMORY,
 * MODULE_NO_START, MODULE_THREADS, MODULE_RELAXED_SIMD.
 */
export function inspectModule(bytes: Uint8Array, memoryMiB: number): ModuleInfo {
  if (bytes.length > MAX_PROGRAM_BYTES) {
    throw new ManyhandsError(
      'MODULE_TOO_LARGE',
      `The module has more than ${MAX_PROGRAM_BYTES} bytes. Compile with -O2 and strip it, or give its data as input files.`,
      { bytes: bytes.length, limit: MAX_PROGRAM_BYTES },
    );
  }
  const sections = readSections(bytes);
  const body = (id: number) => {
    const found = sections.find((section) => section.id === id);
    return found && new WasmReader(bytes, found.body.at, found.body.end);
  };
  const imports = readImports(body(SECTION.import));
  const initialMemory = checkMemory(body(SECTION.memory), memoryMiB);
  checkTables(body(SECTION.table));
  const types = readTypes(body(SECTION.type));
  const functions = readFunctions(body(SECTION.function));
  checkExports(body(SECTION.export), imports.length, { types, functions });
  const code = body(SECTION.code);
  if ((code ? checkCode(code) : 0) !== functions.length) throw malformed(bytes.length);
  return { imports, initialMemory };
}

/**
 * As `inspectModule`, and has the engine validate the module, which takes about a second for 50 MB.
 * @throws ManyhandsError as `inspectModule`, and MODULE_INVALID.
 */
export function checkModule(bytes: Uint8Array<ArrayBuffer>, memoryMiB: number): ModuleInfo {
  const info = inspectModule(bytes, memoryMiB);
  if (!WebAssembly.validate(bytes)) {
    throw new ManyhandsError(
      'MODULE_INVALID',
      'The WebAssembly module is not valid: its code breaks the rules of types. Compile it again.',
    );
  }
  return info;
}

function readImports(section: WasmReader | undefined): string[] {
  const found: string[] = [];
  if (!section) return found;
  for (let n = section.u32(); n > 0; n--) {
    const module = section.name();
    const name = section.name();
    const kind = section.u8();
    if (kind !== 0 || module !== WASI_MODULE || !isWasiFunction(name)) {
      throw new ManyhandsError(
        'MODULE_IMPORT_FORBIDDEN',
        `The module imports "${module}.${name}", which programs are not given. Compile it for wasm32-wasi, without threads or sockets.`,
        { import: `${module}.${name}` },
      );
    }
    section.u32();
    found.push(name);
  }
  return found;
}

function checkMemory(section: WasmReader | undefined, memoryMiB: number): number {
  const count = section ? section.u32() : 0;
  if (!section || count === 0) {
    throw new ManyhandsError(
      'MODULE_NO_MEMORY',
      'The module has no memory of its own. Compile it for wasm32-wasi.',
    );
  }
  if (count > 1) throw unsupported('several memories');
  const initialMemory = readLimits(section).initial * WASM_PAGE_BYTES;
  if (initialMemory > memoryMiB * 1024 * 1024) {
    const neededMiB = Math.ceil(initialMemory / 1024 / 1024);
    throw new ManyhandsError(
      'MODULE_MEMORY_TOO_LARGE',
      `The module starts with ${neededMiB} MiB of memory, and the job allows ${memoryMiB} MiB. Raise the job's memory limit or use smaller arrays.`,
      { neededMiB, memoryMiB },
    );
  }
  return initialMemory;
}

function checkTables(section: WasmReader | undefined) {
  if (!section) return;
  const count = section.u32();
  if (count > MAX_TABLES) throw tableTooLarge();
  for (let n = 0; n < count; n++) {
    const type = section.u8();
    if (type !== 0x70 && type !== 0x6f) throw unsupported('typed tables');
    if (readLimits(section).initial > MAX_TABLE_ELEMENTS) throw tableTooLarge();
  }
}

function tableTooLarge() {
  return new ManyhandsError(
    'MODULE_TABLE_TOO_LARGE',
    `The module's tables are too large: at most ${MAX_TABLES} of ${MAX_TABLE_ELEMENTS} elements.`,
    { tables: MAX_TABLES, elements: MAX_TABLE_ELEMENTS },
  );
}

/** Whether each type is a function without parameters and results. */
function readTypes(section: WasmReader | undefined): boolean[] {
  const plain: boolean[] = [];
  if (!section) return plain;
  for (let n = section.u32(); n > 0; n--) {
    if (section.u8() !== 0x60) throw unsupported('types of the garbage collection proposal');
    const values = skipValueTypes(section) + skipValueTypes(section);
    plain.push(values === 0);
  }
  return plain;
}

function skipValueTypes(section: WasmReader): number {
  const count = section.u32();
  // Reference types of the garbage collection proposal are the only ones longer than a byte.
  for (let n = 0; n < count; n++) {
    const type = section.u8();
    if (type === 0x63 || type === 0x64) throw unsupported('typed references');
  }
  return count;
}

function readFunctions(section: WasmReader | undefined): number[] {
  const types: number[] = [];
  if (section) for (let n = section.u32(); n > 0; n--) types.push(section.u32());
  return types;
}

interface Functions {
  types: boolean[];
  /** Type of each function of the module's own. */
  functions: number[];
}

function checkExports(section: WasmReader | undefined, imported: number, own: Functions) {
  let start = false;
  let memory = false;
  for (let n = section ? section.u32() : 0; section && n > 0; n--) {
    const name = section.name();
    const kind = section.u8();
    const index = section.u32();
    if (kind > 4) throw malformed(section.at);
    if (name === '_start' && kind === 0)
      start = own.types[own.functions[index - imported]] ?? false;
    if (name === 'memory' && kind === 2) memory = true;
  }
  if (!start) {
    throw new ManyhandsError(
      'MODULE_NO_START',
      'The module exports no function _start() to begin with. Give the program a main() and link it as a command, not as a library.',
    );
  }
  if (!memory) {
    throw new ManyhandsError(
      'MODULE_NO_MEMORY',
      'The module does not export its memory as "memory". Compile it for wasm32-wasi.',
    );
  }
}
