import type { Fd } from '@bjorn3/browser_wasi_shim';
import { utf8 } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import type { Fields } from '../../shared/job/inputs.ts';
import { inspectModule } from '../../shared/job/module.ts';
import { limitMemory } from '../../shared/job/module-memory.ts';
import type { JobView } from '../../shared/job/view.ts';
import { WASI_MODULE } from '../../shared/job/wasi-functions.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { encodeOutput, type Output } from '../../shared/verdict/output.ts';
import { OutOfMemory } from './allocate.ts';
import { Clock } from './clock.ts';
import type { Executor, Instance, Loaded, RunResult, ShardRun } from './executor.ts';
import { hoistMemory, MEMORY_IMPORT } from './hoist-memory.ts';
import { JobTemplates } from './job-templates.ts';
import { RootDirectory } from './memory-directory.ts';
import { MemoryFile } from './memory-file.ts';
import { MemoryPool } from './memory-pool.ts';
import { MemoryVolume } from './memory-volume.ts';
import { OutputBudget } from './output-budget.ts';
import { OutputStream } from './output-stream.ts';
import { Random } from './random.ts';
import { failure, noMemory, success, tailOf, tooMuchOutput } from './results.ts';
import { ProgramExit, WasiSystem, type WasiWorld } from './wasi-system.ts';

const MIB = 1024 * 1024;
/** What a program finds as its own name, `argv[0]`. */
const PROGRAM_NAME = utf8('program');
/** The file that survives an interrupted run. */
const CHECKPOINT = '/checkpoint';

/** Runs WASI preview 1 commands: compiled once, a fresh instance for each shard. */
export const wasiExecutor: Executor = {
  async prepare(loaded: Loaded): Promise<Instance> {
    const { job, program } = loaded;
    const { memoryMiB } = job.limits;
    inspectModule(program, memoryMiB);
    const { bytes, memory } = hoistMemory(limitMemory(program, memoryMiB));
    const module = await compile(bytes);
    return new WasiInstance(job, module, new MemoryPool(memory), new JobTemplates(loaded));
  },
};

async function compile(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new ManyhandsError(
      'PROGRAM_INVALID',
      `The program cannot be compiled to machine code: ${(error as Error).message}. Build it for wasm32-wasi without experimental features.`,
    );
  }
}

/** How a program ended: by itself, or by something that it did not survive. */
type End = { exitCode: number } | { outcome: Outcome; message: string };

class WasiInstance implements Instance {
  readonly #job: JobView;
  readonly #module: WebAssembly.Module;
  readonly #memories: MemoryPool;
  readonly #templates: JobTemplates;
  readonly #system = new WasiSystem();

  constructor(
    job: JobView,
    module: WebAssembly.Module,
    memories: MemoryPool,
    templates: JobTemplates,
  ) {
    this.#job = job;
    this.#module = module;
    this.#memories = memories;
    this.#templates = templates;
  }

  run(shard: ShardRun): RunResult {
    const { limits, collect } = this.#job;
    const budget = new OutputBudget(limits.outputBytes);
    const stdout = new OutputStream(budget);
    const stderr = new OutputStream(budget);
    const volume = new MemoryVolume(limits.memoryMiB * MIB);
    const root = this.#fill(new RootDirectory(volume), shard);
    volume.onComplete = (file) => {
      if (file === root.dir.fileAt(CHECKPOINT)) shard.onCheckpoint(file.data.slice());
    };
    const stdin = new MemoryFile(volume, this.#templates.stdin(shard.fields));
    const fds = [stdin.path_open(0, 0n, 0).fd_obj, stdout, stderr, root];

    const end = this.#execute(shard, fds);
    const told = tailOf(stderr.bytes);
    // Before all else: a program can catch the exception and then come to any other end.
    if (budget.exceeded) return tooMuchOutput(limits.outputBytes, told);
    if ('outcome' in end) return failure(end.outcome, end.message, told);
    if (end.exitCode !== 0 && !collect.exitCode) {
      return failure(Outcome.exit, `The program ended with exit code ${end.exitCode}.`, told);
    }
    const output = this.#collect(end.exitCode, stdout.bytes, stderr.bytes, root);
    try {
      for (const { bytes } of output.files ?? []) budget.spend(bytes.length);
    } catch {
      return tooMuchOutput(limits.outputBytes, told);
    }
    return success(encodeOutput(output), told);
  }

  #fill(root: RootDirectory, { fields, checkpoint }: ShardRun): RootDirectory {
    for (const { path, bytes } of this.#templates.files(fields)) root.dir.place(path, bytes);
    if (checkpoint) root.dir.place(CHECKPOINT, checkpoint);
    return root;
  }

  #execute({ shard, fields }: ShardRun, fds: Fd[]): End {
    let memory: WebAssembly.Memory | undefined;
    try {
      memory = this.#memories.take();
      this.#system.begin(this.#world(shard, fields, fds, memory));
      const instance = new WebAssembly.Instance(this.#module, {
        [WASI_MODULE]: this.#system.calls,
        [MEMORY_IMPORT.module]: { [MEMORY_IMPORT.name]: memory },
      });
      (instance.exports._start as () => void)();
      return { exitCode: 0 };
    } catch (thrown) {
      if (thrown instanceof ProgramExit) return { exitCode: thrown.code };
      const { memoryMiB } = this.#job.limits;
      if (thrown instanceof OutOfMemory) {
        return { outcome: Outcome.memoryLimit, message: noMemory(memoryMiB) };
      }
      const full = memory?.buffer.byteLength === this.#memories.maximumBytes;
      const note = full ? ` It had all ${memoryMiB} MiB of its memory limit in use.` : '';
      return { outcome: Outcome.trap, message: `The program crashed: ${reasonOf(thrown)}.${note}` };
    } finally {
      if (memory) this.#memories.giveBack(memory);
    }
  }

  #world(shard: number, fields: Fields, fds: Fd[], memory: WebAssembly.Memory): WasiWorld {
    let random: Random | undefined;
    return {
      memory,
      args: [PROGRAM_NAME, ...this.#templates.args(fields).map(utf8)],
      env: this.#templates.env(fields).map(([name, value]) => utf8(`${name}=${value}`)),
      fds,
      clock: new Clock(),
      random: () => {
        random ??= new Random(this.#job.id, shard);
        return random;
      },
    };
  }

  #collect(
    exitCode: number,
    stdout: Uint8Array,
    stderr: Uint8Array,
    { dir }: RootDirectory,
  ): Output {
    const { collect } = this.#job;
    const output: Output = {};
    if (collect.stdout) output.stdout = stdout;
    if (collect.stderr) output.stderr = stderr;
    if (collect.exitCode) output.exitCode = exitCode;
    // A file that the program did not write is left out; that is an answer too.
    output.files = collect.files?.flatMap((path) => {
      const file = dir.fileAt(path);
      return file ? [{ path, bytes: file.data }] : [];
    });
    return output;
  }
}

/** Engines word this differently; it is for people and never compared. */
function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
