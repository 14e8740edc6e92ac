import { utf8 } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { functionInput } from '../../shared/job/function-input.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import { encodeOutput } from '../../shared/verdict/output.ts';
import { Clock } from './clock.ts';
import type { Executor, Instance, Loaded, RunResult, ShardRun } from './executor.ts';
import { hardenRealm, type Realm } from './javascript-realm.ts';
import { JobTemplates } from './job-templates.ts';
import { OutputBudget } from './output-budget.ts';
import { OutputStream } from './output-stream.ts';
import { Random } from './random.ts';
import { failure, success, tailOf, tooMuchOutput } from './results.ts';

type Main = (input: unknown, context: unknown) => unknown;

/** The shard for which a program's code outside of its function runs; no job has one of that number. */
const BEFORE_ALL_SHARDS = -1;

/**
 * Runs a JavaScript program that is part of this worker's own source. From `prepare` on the whole
 * worker is the program's: nothing else may run in it later.
 * @param program yields the program's function
 */
export function javascriptExecutor(program: () => unknown): Executor {
  return {
    async prepare(loaded: Loaded): Promise<Instance> {
      const templates = new JobTemplates(loaded);
      const realm = hardenRealm();
      realm.begin(new Clock(), new Random(loaded.job.id, BEFORE_ALL_SHARDS), () => {});
      return new JavascriptInstance(loaded, templates, realm, mainOf(program));
    },
  };
}

function mainOf(program: () => unknown): Main {
  let main: unknown;
  try {
    main = program();
  } catch (thrown) {
    throw new ManyhandsError(
      'JAVASCRIPT_THROWS',
      `The program throws before its function can be called: ${textOf(thrown)}`,
    );
  }
  if (typeof main === 'function') return main as Main;
  throw new ManyhandsError(
    'JAVASCRIPT_NO_FUNCTION',
    'The program is not a function. Write `export default function (input, context) { ... }`.',
  );
}

class JavascriptInstance implements Instance {
  readonly #loaded: Loaded;
  readonly #templates: JobTemplates;
  readonly #realm: Realm;
  readonly #main: Main;

  constructor(loaded: Loaded, templates: JobTemplates, realm: Realm, main: Main) {
    this.#loaded = loaded;
    this.#templates = templates;
    this.#realm = realm;
    this.#main = main;
  }

  run({ shard, fields }: ShardRun): RunResult | Promise<RunResult> {
    const { job } = this.#loaded;
    const budget = new OutputBudget(job.limits.outputBytes);
    const stderr = new OutputStream(budget);
    const log = (line: string) => {
      stderr.fd_write(utf8(`${line}\n`));
    };
    this.#realm.begin(new Clock(), new Random(job.id, shard), log);
    const context = {
      shard,
      args: this.#templates.args(fields),
      env: Object.fromEntries(this.#templates.env(fields)),
      log: this.#realm.log,
    };
    const threw = (thrown: unknown) => this.#threw(thrown, budget, stderr);
    try {
      const value = this.#main(functionInput(job.inputs, fields), context);
      if (!isThenable(value)) return this.#returned(value, budget, stderr);
      return this.#realm
        .settle(value)
        .then((settled) => this.#returned(settled, budget, stderr))
        .catch(threw);
    } catch (thrown) {
      return threw(thrown);
    }
  }

  #returned(value: unknown, budget: OutputBudget, stderr: OutputStream): RunResult {
    const { collect, limits } = this.#loaded.job;
    const json = JSON.stringify(value);
    const told = tailOf(stderr.bytes);
    if (budget.exceeded) return tooMuchOutput(limits.outputBytes, told);
    if (json === undefined) {
      const message = `The function returned ${String(value)}, which is not JSON. Return a number, a string, a list or an object.`;
      return failure(Outcome.exception, message, told);
    }
    // A UTF-16 unit is a byte at least; so what is far too long need not be encoded first.
    if (json.length > limits.outputBytes) return tooMuchOutput(limits.outputBytes, told);
    if (collect.value) budget.spend(utf8(json).length);
    return success(
      encodeOutput({
        ...(collect.stderr ? { stderr: stderr.bytes } : {}),
        ...(collect.value ? { value: json } : {}),
      }),
      told,
    );
  }

  #threw(thrown: unknown, budget: OutputBudget, stderr: OutputStream): RunResult {
    const told = tailOf(stderr.bytes);
    // Before the exception itself, which the program may have replaced by one of its own.
    if (budget.exceeded) return tooMuchOutput(this.#loaded.job.limits.outputBytes, told);
    return failure(Outcome.exception, `The function threw: ${textOf(thrown)}`, told);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** A thrown thing as text; it can be an object that fights back. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'something that cannot be shown';
  }
}
