import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LinkTable } from './link-table.ts';
import type { Pipe, PipeListener } from './pipe.ts';
import { ACCEPT_MS, ALIVE_MS, DIAL_TRIES, MAX_LINKS, SILENT_MS } from './timing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** One end of a stream in memory; what is sent arrives in a later microtask. */
class TestPipe implements Pipe {
  other!: TestPipe;
  aborted = false;
  readonly sent: number[] = [];
  #listener: PipeListener | null = null;
  #early: Uint8Array<ArrayBuffer>[] = [];

  static pair(): [TestPipe, TestPipe] {
    const [a, b] = [new TestPipe(), new TestPipe()];
    a.other = b;
    b.other = a;
    return [a, b];
  }

  listen(listener: PipeListener): void {
    this.#listener = listener;
    for (const message of this.#early) listener.onMessage(message);
  }

  async send(message: Uint8Array<ArrayBuffer>): Promise<void> {
    this.sent.push(message.length);
    await null;
    if (!this.other.aborted) this.other.#take(message);
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    queueMicrotask(() => this.other.#ended());
  }

  #take(message: Uint8Array<ArrayBuffer>): void {
    if (this.#listener) {
      this.#listener.onHeard();
      this.#listener.onMessage(message);
    } else this.#early.push(message);
  }

  #ended(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.#listener?.onEnd('gone');
  }
}

/** A table and what it told. */
function makeTable(self: string, connect: (peer: string) => Promise<Pipe>) {
  const told: string[] = [];
  const tried: string[] = [];
  const table = new LinkTable({
    self,
    events: {
      onOpen: (peer, dialled) => told.push(`${dialled ? 'dialled' : 'open'} ${peer}`),
      onMessage: (peer, { length }) => told.push(`${length} of ${peer}`),
      onClosed: (peer, reason) => told.push(`closed ${peer}: ${reason}`),
    },
    connect: (peer) => {
      tried.push(peer);
      return connect(peer);
    },
    settled: () => {},
    gone: () => {},
    now: () => Date.now(),
    random: () => 0.5,
  });
  return { table, told, tried };
}

/** Two tables whose dials arrive at each other when `deliver` is called. */
function makePair() {
  const arriving: (() => void)[] = [];
  const to = (from: string, target: () => LinkTable) => async () => {
    const [ours, theirs] = TestPipe.pair();
    arriving.push(() => target().inbound(from, theirs));
    return ours;
  };
  const a = makeTable(
    'a',
    to('a', () => b.table),
  );
  const b: ReturnType<typeof makeTable> = makeTable(
    'b',
    to('b', () => a.table),
  );
  const deliver = async (order: (one: (() => void)[]) => (() => void)[] = (all) => all) => {
    await vi.advanceTimersByTimeAsync(0);
    for (const arrive of order(arriving.splice(0))) {
      arrive();
      await vi.advanceTimersByTimeAsync(0);
    }
  };
  return { a, b, deliver };
}

const bytes = (length: number) => new Uint8Array(length);

test('SWM-38 a dial becomes a link once the other end has answered; messages go both ways', async () => {
  const { a, b, deliver } = makePair();
  a.table.dial('b');
  a.table.dial('b');
  await vi.advanceTimersByTimeAsync(0);
  expect(a.told).toEqual([]);
  await deliver();
  await a.table.send('b', bytes(3));
  await b.table.send('a', bytes(4));
  await vi.advanceTimersByTimeAsync(0);
  expect(a.told).toEqual(['dialled b', '4 of b']);
  expect(b.told).toEqual(['open a', '3 of a']);
  expect(a.tried).toEqual(['b']);
});

test.each([
  ['as dialled', <T>(all: T[]) => all],
  ['the other way round', <T>(all: T[]) => all.toReversed()],
])('SWM-39 of two dials at once the smaller id wins, arriving %s', async (_, order) => {
  const { a, b, deliver } = makePair();
  a.table.dial('b');
  b.table.dial('a');
  await deliver(order);
  await deliver(order);
  expect(a.told).toEqual(['dialled b']);
  expect(b.told).toEqual(['open a']);
  await b.table.send('a', bytes(2));
  await vi.advanceTimersByTimeAsync(ACCEPT_MS);
  expect(a.told).toEqual(['dialled b', '2 of b']);
  expect(b.told).toEqual(['open a']);
});

test('SWM-39 the dial that lost is used where the winner never comes to be', async () => {
  const { table, told } = makeTable('a', () => Promise.reject(new Error('no way')));
  const [theirs, ours] = TestPipe.pair();
  theirs.listen({ onMessage: () => {}, onHeard: () => {}, onEnd: () => {} });
  table.dial('b');
  table.inbound('b', ours);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['open b']);
  expect(ours.sent).toEqual([0]);
});

test('SWM-39 a peer that comes again is taken once its old link has ended', async () => {
  const { table, told } = makeTable('a', () => Promise.reject(new Error('no way')));
  const [first, second] = [TestPipe.pair(), TestPipe.pair()];
  table.inbound('b', first[0]);
  table.inbound('b', second[0]);
  expect(told).toEqual(['open b']);
  first[1].abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['open b', 'closed b: gone', 'open b']);
});

test('SWM-38 a dial is tried again, and what failed for good is told once', async () => {
  let failures = DIAL_TRIES - 1;
  const [pipe, other] = TestPipe.pair();
  const { table, told, tried } = makeTable('a', async () => {
    if (failures-- > 0) throw new Error('no way');
    void other.send(bytes(0));
    return pipe;
  });
  table.dial('b');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['dialled b']);
  table.hangUp('b');
  failures = DIAL_TRIES;
  table.dial('c');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['dialled b', 'closed b: hung up', 'closed c: no way']);
  expect(tried).toHaveLength(2 * DIAL_TRIES);
});

test('SWM-38 a stream that nobody answers is given up, and one that is cancelled comes to nothing', async () => {
  const made: TestPipe[] = [];
  const { table, told } = makeTable('a', async () => {
    const [pipe] = TestPipe.pair();
    made.push(pipe);
    return pipe;
  });
  table.dial('b');
  await vi.advanceTimersByTimeAsync(DIAL_TRIES * (ACCEPT_MS + 2_000));
  expect(told).toEqual(['closed b: not answered']);
  table.dial('c');
  await vi.advanceTimersByTimeAsync(0);
  table.hangUp('c');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['closed b: not answered', 'closed c: hung up']);
  expect(made.every(({ aborted }) => aborted)).toBe(true);
});

test('SWM-40 a silent peer is given up, one that shows signs of life is not', async () => {
  const { a, b, deliver } = makePair();
  a.table.dial('b');
  await deliver();
  const tick = async (table: LinkTable) => {
    await vi.advanceTimersByTimeAsync(ALIVE_MS);
    table.tick();
    await vi.advanceTimersByTimeAsync(0);
  };
  for (let at = 0; at < 3 * SILENT_MS; at += ALIVE_MS) {
    await tick(a.table);
    b.table.tick();
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(a.told).toEqual(['dialled b']);
  for (let at = 0; at <= SILENT_MS; at += ALIVE_MS) await tick(a.table);
  expect(a.told).toEqual(['dialled b', 'closed b: silent']);
  expect(b.told).toEqual(['open a', 'closed a: gone']);
});

test('SWM-40 a page that was stopped for a while does not take its peers for silent', async () => {
  const { a, deliver } = makePair();
  a.table.dial('b');
  await deliver();
  await vi.advanceTimersByTimeAsync(10 * SILENT_MS);
  a.table.tick();
  expect(a.told).toEqual(['dialled b']);
});

test('SWM-42 a peer that speaks before it was answered, or finds no room, is turned away', async () => {
  const { table, told } = makeTable('a', () => new Promise(() => {}));
  table.dial('b');
  const [theirs, ours] = TestPipe.pair();
  table.inbound('b', ours);
  await theirs.send(bytes(5));
  await vi.advanceTimersByTimeAsync(0);
  expect(ours.aborted).toBe(true);
  for (let peer = 1; peer < MAX_LINKS; peer++) table.inbound(`p${peer}`, TestPipe.pair()[0]);
  const [late] = TestPipe.pair();
  table.inbound('late', late);
  expect(late.aborted).toBe(true);
  expect(told).toHaveLength(MAX_LINKS - 1);
  table.close();
  expect(told.filter((line) => line.startsWith('closed'))).toHaveLength(MAX_LINKS);
});
