import { afterEach, describe, expect, test, vi } from 'vitest';
import type { JobView } from '../../shared/job/view.ts';
import type { SandboxHost } from './host.ts';
import type { FromSandbox } from './messages.ts';
import { PortRunner } from './port-runner.ts';
import type { Batch, BatchReport } from './runner.ts';

/** A host whose sandboxes say what the test wants. */
class ScriptedHost implements SandboxHost {
  readonly opened: MessagePort[] = [];
  closed = 0;
  failures = 0;

  async open(): Promise<MessagePort> {
    if (this.failures-- > 0) throw new Error('no frames here');
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = ({ data }) => {
      if ('program' in data && !('type' in data)) this.say({ type: 'up' });
      else if (data.type === 'load') this.say({ type: 'loaded' });
    };
    this.opened.push(port2);
    return port1;
  }

  close(): void {
    this.closed++;
    this.opened.at(-1)?.close();
  }

  /** The latest sandbox says something. */
  say(message: FromSandbox | object): void {
    this.opened.at(-1)?.postMessage(message);
  }
}

const JOB = { id: 'job', program: { kind: 'wasi', blob: '' } } as unknown as JobView;
const BATCH: Batch = {
  id: 5,
  jobId: 'job',
  first: 10,
  count: 4,
  content: null,
  checkpoint: null,
  isolate: false,
};

function reportOf(changes: Partial<BatchReport> = {}): FromSandbox {
  return {
    type: 'report',
    batch: 5,
    first: 10,
    count: 2,
    statuses: Uint8Array.of(0, 1),
    lengths: Uint32Array.of(3, 0),
    outputs: Uint8Array.of(1, 1, 7),
    details: [{ at: 1, message: 'crashed', stderr: '' }],
    computeMicros: 100,
    ...changes,
  };
}

function start(host = new ScriptedHost()) {
  const heard: string[] = [];
  const runner = new PortRunner(
    host,
    1,
    {
      onReady: () => heard.push('ready'),
      onReport: ({ first, count }) => heard.push(`report ${first}+${count}`),
      onCheckpoint: (_batch, shard) => heard.push(`checkpoint ${shard}`),
      onDied: (reason) => heard.push(reason),
    },
    false,
  );
  runners.push(runner);
  const hear = (text: string) => vi.waitFor(() => expect(heard).toContain(text));
  return { host, runner, heard, hear };
}

const runners: PortRunner[] = [];
afterEach(() => {
  for (const runner of runners.splice(0)) runner.dispose();
});

async function running() {
  const started = start();
  await started.hear('ready');
  await started.runner.load(JOB, new Uint8Array(), new Map());
  started.runner.run(BATCH);
  return started;
}

describe('a runner over ports', () => {
  test('SBX-11 is ready, loads, and passes reports on in order', async () => {
    const { host, hear, heard } = await running();
    host.say(reportOf());
    host.say(reportOf({ first: 12 }));
    await hear('report 12+2');
    expect(heard).toEqual(['ready', 'report 10+2', 'report 12+2']);
  });

  test('SBX-11 gives the next program a new sandbox', async () => {
    const { host, runner } = await running();
    await runner.load(JOB, new Uint8Array(), new Map());
    expect(host.opened).toHaveLength(2);
  });

  test('SBX-12 is ready again after a kill, and deaf to what was killed', async () => {
    const { host, runner, heard } = await running();
    host.say(reportOf());
    runner.kill();
    await vi.waitFor(() => expect(heard).toEqual(['ready', 'ready']));
    expect(host.opened).toHaveLength(2);
  });

  test('SBX-12 rejects a load that is killed', async () => {
    const { hear, runner } = start();
    await hear('ready');
    const loading = runner.load(JOB, new Uint8Array(), new Map());
    runner.kill();
    await expect(loading).rejects.toMatchObject({ code: 'SANDBOX_LOST' });
  });

  test('SBX-13 says why no sandbox can be had, and tries again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const host = new ScriptedHost();
    host.failures = 2;
    const { heard } = start(host);
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.advanceTimersByTimeAsync(2_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(heard.at(-1)).toBe('ready'));
    expect(heard).toEqual(['no frames here', 'no frames here', 'ready']);
  });
});

describe('a hostile sandbox', () => {
  const lies: [what: string, message: object, reason: string][] = [
    ['nothing known', { type: 'hello' }, 'sent a malformed message'],
    ['no object', [1, 2], 'sent a malformed message'],
    ['more fields', { ...reportOf(), extra: 1 }, 'sent a malformed message'],
    ['fewer statuses than shards', reportOf({ count: 3 }), 'sent a malformed message'],
    [
      'an outcome that does not exist',
      reportOf({ statuses: Uint8Array.of(0, 99) }),
      'sent a malformed message',
    ],
    [
      'lengths beyond the outputs',
      reportOf({ lengths: Uint32Array.of(3, 1) }),
      'sent a malformed message',
    ],
    [
      'an output above the limit',
      reportOf({ lengths: Uint32Array.of(2 ** 31, 0) }),
      'sent a malformed message',
    ],
    [
      'a plain list for a column',
      reportOf({ statuses: [0, 1] as never }),
      'sent a malformed message',
    ],
    [
      'details outside of the report',
      reportOf({ details: [{ at: 2, message: '', stderr: '' }] }),
      'sent a malformed message',
    ],
    [
      'a huge message',
      reportOf({ details: [{ at: 0, message: 'x'.repeat(5000), stderr: '' }] }),
      'sent a malformed message',
    ],
    ['negative time', reportOf({ computeMicros: -1 }), 'sent a malformed message'],
    ['another batch', reportOf({ batch: 6 }), 'reported shards that it was not given'],
    ['shards out of order', reportOf({ first: 11 }), 'reported shards that it was not given'],
    ['loaded out of turn', { type: 'loaded' }, 'spoke out of turn'],
    ['invalid out of turn', { type: 'invalid', code: 'X', message: '' }, 'spoke out of turn'],
    [
      'a checkpoint of a shard it has not',
      { type: 'checkpoint', batch: 5, shard: 14, bytes: new Uint8Array() },
      'sent a checkpoint of a shard that it was not given',
    ],
  ];
  for (const [what, message, reason] of lies) {
    test(`SBX-14 dies for ${what}`, async () => {
      const { host, hear, heard } = await running();
      host.say(message);
      await hear(`The sandbox ${reason}.`);
      await vi.waitFor(() => expect(heard.at(-1)).toBe('ready'));
      expect(heard.filter((line) => line.startsWith('report'))).toEqual([]);
    });
  }

  test('SBX-14 dies for reporting a shard twice', async () => {
    const { host, hear } = await running();
    host.say(reportOf());
    host.say(reportOf());
    await hear('The sandbox reported shards that it was not given.');
  });

  test('SBX-14 dies for a flood of checkpoints', async () => {
    const { host, hear, heard } = await running();
    const checkpoint = { type: 'checkpoint', batch: 5, shard: 10, bytes: new Uint8Array(1) };
    for (let i = 0; i < 100; i++) host.say(checkpoint);
    await hear('The sandbox sent a flood of checkpoints.');
    expect(heard.filter((line) => line === 'checkpoint 10').length).toBeLessThanOrEqual(21);
  });
});
