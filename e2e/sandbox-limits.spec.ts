import { expect, type Page } from '@playwright/test';
import type { JobView } from '../shared/job/view.ts';
import { browserCpuMs } from './hostile/cpu.ts';
import { base64, jobOf, test } from './hostile/fixtures.ts';
import { hostileProgram } from './hostile/programs.ts';

const OUTCOMES = [
  ['wasi', 'prints', 'outputLimit'],
  ['wasi', 'prints to stderr', 'outputLimit'],
  ['wasi', 'fills files', 'exit'],
  ['wasi', 'allocates', 'trap'],
  ['wasi', 'traps', 'trap'],
  ['wasi', 'recurses', 'trap'],
  ['wasi', 'exits', 'exit'],
  ['javascript', 'logs', 'outputLimit'],
  ['javascript', 'logs and catches', 'outputLimit'],
  ['javascript', 'recurses', 'exception'],
  ['javascript', 'throws', 'exception'],
  ['javascript', 'throws something odd', 'exception'],
  ['javascript', 'returns nothing', 'exception'],
  ['javascript', 'returns too much', 'outputLimit'],
  ['javascript', 'returns a cycle', 'exception'],
  ['javascript', 'never settles', 'exception'],
] as const;

for (const [kind, name, outcome] of OUTCOMES) {
  test(`EXE-9 a ${kind} program that ${name} ends as ${outcome} by itself`, async ({
    stagePage,
  }) => {
    const { result, frames } = await run(
      stagePage,
      jobOf(kind),
      base64(await hostileProgram(kind, name)),
    );
    expect(result.died).toBeNull();
    expect(result.results[0].outcome).toBe(outcome);
    expect(result.results[0].message).not.toBe('');
    expect(frames).toBeGreaterThan(0);
  });
}

for (const [kind, name] of [
  ['wasi', 'loops'],
  ['javascript', 'loops'],
  ['javascript', 'loops in microtasks'],
  ['javascript', 'loops in timers'],
  ['javascript', 'allocates'],
] as const) {
  test(`SBX-9 a ${kind} program that ${name} dies when it is killed, and the page never stops`, async ({
    stagePage,
  }) => {
    const program = base64(await hostileProgram(kind, name));
    const seen = await stagePage.evaluate(
      async ([job, source]) => {
        const actor = new stage.Stage(1);
        await actor.load(job, source);
        const ended = actor.run(0, 1);
        let longest = 0;
        let last = performance.now();
        for (const end = last + 1_500; last < end; ) {
          const now = await new Promise(requestAnimationFrame);
          longest = Math.max(longest, now - last);
          last = now;
        }
        const milliseconds = await actor.kill();
        const loaded = await actor.load(job, source);
        actor.runner.dispose();
        return { died: (await ended).died, longest, milliseconds, loaded };
      },
      [jobOf(kind), program] as const,
    );
    expect(seen.died).toBe('killed');
    // A busy machine with two cores may give the page its turn late, but not seconds late.
    expect(seen.longest).toBeLessThan(500);
    expect(seen.milliseconds).toBeLessThan(5_000);
    expect(seen.loaded).toBe('loaded');

    test.skip(process.platform !== 'linux', 'CPU times are read from /proc');
    await expect.poll(() => browserCpuMs(1_000)).toBeLessThan(400);
  });
}

test('SBX-16 the report of a shard arrives while the next one loops for ever', async ({
  stagePage,
}) => {
  const arrived = await stagePage.evaluate(
    async ([job, program]) => {
      const actor = new stage.Stage(1);
      await actor.load(job, program);
      const first = await actor.run(0, 1, { count: 2, isolate: true });
      await actor.kill();
      return first.results.length;
    },
    [jobOf('javascript'), base64('(i) => { while (i > 0); return i; }')] as const,
  );
  expect(arrived).toBe(1);
});

test('SBX-10 a dry run is stopped by its limit and by its caller', async ({ stagePage }) => {
  const program = base64(await hostileProgram('javascript', 'loops'));
  const job = jobOf('javascript', { limits: { timeMs: 300, memoryMiB: 64, outputBytes: 1024 } });
  const [limited, stopped] = await stagePage.evaluate(
    async ([view, source]) => [
      await stage.tryOne(view, source, 60_000),
      await stage.tryOne(view, source, 50),
    ],
    [job, program] as const,
  );
  expect(limited).toMatchObject({ outcome: 'timeLimit' });
  expect(stopped).toMatchObject({ rejected: 'AbortError' });
});

test('SBX-10 a dry run shows output, stderr and time of one shard', async ({ stagePage }) => {
  const source =
    'export default (i, { log }) => { log("working on", i); return { square: i * i }; }';
  const result = await stagePage.evaluate(
    async ([view, program]) => stage.tryOne(view, program, 60_000),
    [jobOf('javascript'), base64(source)] as const,
  );
  expect(result).toMatchObject({
    outcome: 'ok',
    value: '{"square":49}',
    stderr: 'working on 7\n',
    message: '',
  });
});

/** Runs the first shard while the page counts its own frames. */
async function run(page: Page, job: JobView, program: string) {
  return page.evaluate(
    async ([view, source]) => {
      const actor = new stage.Stage(1);
      const loaded = await actor.load(view, source);
      if (loaded !== 'loaded') throw new Error(loaded);
      let frames = 0;
      const count = () => {
        frames++;
        requestAnimationFrame(count);
      };
      count();
      return { result: await actor.run(0, 1), frames };
    },
    [job, program] as const,
  );
}
