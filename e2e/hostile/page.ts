import { fromBase64, fromUtf8, toHex } from '../../shared/bytes.ts';
import type { JobView } from '../../shared/job/view.ts';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { outcomeName } from '../../shared/verdict/outcome.ts';
import { decodeOutput } from '../../shared/verdict/output.ts';
import { dryRun } from '../../worker/sandbox/dry-run.ts';
import { SandboxFrames } from '../../worker/sandbox/frames.ts';
import { PortRunner } from '../../worker/sandbox/port-runner.ts';
import type { Batch, BatchReport } from '../../worker/sandbox/runner.ts';

/** One shard's result, as a test reads it. */
interface Ran {
  outcome: string | undefined;
  digest: string;
  value: string | undefined;
  stdout: string | undefined;
  message: string;
  stderr: string;
}

/** What a batch came to: all results, or the sandbox's end. */
interface Ended {
  results: Ran[];
  died: string | null;
  /** Milliseconds from `run` to the end. */
  milliseconds: number;
}

const frames = new SandboxFrames('/sandbox.html', document.body);

/** One runner on the page, with its events as promises. */
class Stage {
  ready = Promise.withResolvers<void>();
  checkpoints: { shard: number; text: string }[] = [];
  #report: (report: BatchReport) => void = () => {};
  #died: (reason: string) => void = () => {};
  readonly runner: PortRunner;

  constructor(slot: number) {
    this.runner = new PortRunner(frames, slot, {
      onReady: () => this.ready.resolve(),
      onReport: (report) => this.#report(report),
      onCheckpoint: (_batch, shard, bytes) =>
        this.checkpoints.push({ shard, text: fromUtf8(bytes) }),
      onDied: (reason) => this.#died(reason),
    });
  }

  async load(job: JobView, program: string): Promise<string> {
    await this.ready.promise;
    try {
      await this.runner.load(job, fromBase64(program), new Map());
      return 'loaded';
    } catch (error) {
      const { code, facts } = error as { code: string; facts: { reason?: string } };
      return `${code} ${facts.reason ?? ''}`.trim();
    }
  }

  run(first: number, count: number, options: Partial<Batch> = {}): Promise<Ended> {
    const began = performance.now();
    const results: Ran[] = [];
    return new Promise((resolve) => {
      const end = (died: string | null) =>
        resolve({ results, died, milliseconds: performance.now() - began });
      this.#died = end;
      this.#report = (report) => {
        results.push(...read(report));
        if (results.length >= count) end(null);
      };
      this.runner.run({
        id: 1,
        jobId: 'test',
        first,
        count,
        content: null,
        checkpoint: null,
        isolate: false,
        ...options,
      });
    });
  }

  /** Kills the sandbox and waits for the next one. Milliseconds. */
  async kill(): Promise<number> {
    const began = performance.now();
    this.ready = Promise.withResolvers();
    this.runner.kill();
    this.#died('killed');
    await this.ready.promise;
    return performance.now() - began;
  }
}

function read(report: BatchReport): Ran[] {
  let at = 0;
  return Array.from(report.statuses, (status, k) => {
    const bytes = report.outputs.subarray(at, at + report.lengths[k]);
    at += report.lengths[k];
    const output = decodeOutput(bytes);
    const detail = report.details.find((found) => found.at === k);
    return {
      outcome: outcomeName(status),
      digest: toHex(outputDigest(status, bytes)),
      value: output.value,
      stdout: output.stdout && fromUtf8(output.stdout),
      message: detail?.message ?? '',
      stderr: detail?.stderr ?? '',
    };
  });
}

/** Lets a hostile worker try to get out; says what came of each way, by its name. */
async function tryToEscape(address: string): Promise<Record<string, string>> {
  const overheard: string[] = [];
  const channel = new BroadcastChannel('escape');
  channel.onmessage = ({ data }) => overheard.push(data);
  const port = await frames.open(0);
  const outcomes = await new Promise<[name: string, outcome: string][]>((resolve) => {
    port.onmessage = ({ data }) => (data === 'up' ? port.postMessage(address) : resolve(data));
    port.postMessage({ program: null }, [new MessageChannel().port2]);
  });
  frames.close(0);
  if (overheard.length > 0) outcomes.push(['BroadcastChannel to the page', 'ESCAPED']);
  return Object.fromEntries(outcomes);
}

/** A dry run of shard 7 that its caller stops after some milliseconds. */
async function tryOne(job: JobView, program: string, stopAfter: number) {
  const signal = AbortSignal.timeout(stopAfter);
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort());
  try {
    const request = {
      job,
      program: fromBase64(program),
      blobs: new Map(),
      shard: 7,
      content: null,
    };
    const { outcome, output, message, stderr } = await dryRun(frames, 99, request, stop.signal);
    return { outcome: outcomeName(outcome), value: output.value, message, stderr };
  } catch (error) {
    return { rejected: (error as Error).name };
  }
}

export default { Stage, frames, tryToEscape, tryOne };
