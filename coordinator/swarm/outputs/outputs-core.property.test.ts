import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { DEPOSITS_AHEAD, DEPOSITS_WANTED, ENOUGH_HOLDERS, MANY_ON_ONE_NODE } from './limits.ts';
import { OutputsCore, type OutputsEffect, type OutputsEvent } from './outputs-core.ts';

const NODES = 6;
const BLOBS = 5;
const STEP_MS = 500;
/** Longer than any deadline: time for every node to be tried and for grace to pass. */
const LONG_STEPS = 800;

type Step =
  | { do: 'need' | 'want'; blob: number }
  | { do: 'hold' | 'unhold'; node: number; blob: number }
  | { do: 'leave' | 'part' | 'return'; node: number }
  | { do: 'wait'; steps: number };

const blob = fc.nat(BLOBS - 1);
const node = fc.nat(NODES - 1);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('need' as const), blob }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('want' as const), blob }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('hold' as const), node, blob }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('unhold' as const), node, blob }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('leave' as const, 'part', 'return'), node }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), steps: fc.nat(30) }) },
  ),
  { maxLength: 60 },
);

const ref = (number: number): BlobRef => {
  const id = `${number}`.repeat(64);
  return { id, bytes: 1000, manifest: id };
};

/** How a node deals with what it is asked for. */
type Character = 'honest' | 'silent' | 'cheat' | 'busy';

/** Nodes around the core: they upload in the next step, or not, as they are. */
class World {
  readonly core = new OutputsCore();
  readonly kept = new Set<string>();
  readonly lost: string[] = [];
  readonly asked = new Set<string>();
  readonly holds = Array.from({ length: NODES }, () => new Set<string>());
  readonly numbers = Array.from({ length: NODES }, (_, at) => at);
  readonly away = new Set<number>();
  readonly #characters: readonly Character[];
  readonly #uploads: { at: number; number: number; blob: string }[] = [];
  #now = 0;
  #next = NODES;

  constructor(characters: readonly Character[]) {
    this.#characters = characters;
  }

  tell(event: OutputsEvent): void {
    for (const effect of this.core.handle(event, this.#now)) this.#take(effect);
  }

  pass(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#now += STEP_MS;
      for (const upload of this.#uploads.splice(0)) this.#upload(upload);
      this.tell({ type: 'tick' });
    }
  }

  play(step: Step): void {
    switch (step.do) {
      case 'need':
        if (!this.kept.has(ref(step.blob).id)) this.tell({ type: 'needed', blob: ref(step.blob) });
        break;
      case 'want':
        this.tell({ type: 'wanted', blob: ref(step.blob).id });
        break;
      case 'hold':
        this.#hold(step.node, ref(step.blob).id);
        break;
      case 'unhold':
        this.holds[step.node].delete(ref(step.blob).id);
        this.#say(step.node, (node) => ({ type: 'unheld', node, blobs: [ref(step.blob).id] }));
        break;
      case 'part':
        this.#say(step.node, (node) => ({ type: 'parting', node }));
        break;
      case 'leave':
        this.#say(step.node, (node) => ({ type: 'left', node }));
        this.away.add(step.node);
        break;
      case 'return':
        if (!this.away.delete(step.node)) break;
        this.numbers[step.node] = this.#next++;
        for (const id of this.holds[step.node])
          this.#say(step.node, (node) => ({ type: 'held', node, blobs: [id] }));
        break;
      case 'wait':
        this.pass(step.steps);
    }
  }

  /** Connected nodes that hold it and would deliver. */
  deliverers(id: string): number {
    return this.holds.filter(
      (held, at) => !this.away.has(at) && held.has(id) && this.#characters[at] === 'honest',
    ).length;
  }

  #hold(at: number, id: string): void {
    if (this.away.has(at)) return;
    this.holds[at].add(id);
    this.#say(at, (node) => ({ type: 'held', node, blobs: [id] }));
  }

  #say(at: number, event: (node: number) => OutputsEvent): void {
    if (!this.away.has(at)) this.tell(event(this.numbers[at]));
  }

  #take(effect: OutputsEffect): void {
    if (effect.type === 'lost') {
      expect(this.deliverers(effect.blob), 'lost although a node that delivers holds it').toBe(0);
      this.lost.push(effect.blob);
    } else if (effect.type === 'decided')
      for (const id of effect.blobs)
        expect(this.core.isNeeded(id), 'served before a verdict refers to it').toBe(true);
    else if (effect.type === 'release')
      for (const id of effect.blobs)
        expect(this.kept.has(id), 'released before it was kept').toBe(true);
    else
      for (const { id } of effect.blobs) {
        expect(this.kept.has(id), 'asked for what is here').toBe(false);
        this.#uploads.push({
          at: this.numbers.indexOf(effect.node),
          number: effect.node,
          blob: id,
        });
      }
  }

  #upload({ at, number, blob }: { at: number; number: number; blob: string }): void {
    // It has gone, and its upload with it.
    if (at < 0 || this.away.has(at) || this.numbers[at] !== number) return;
    const character = this.#characters[at];
    if (character === 'cheat') this.tell({ type: 'cheated', node: number, blob });
    else if (character === 'busy') this.tell({ type: 'postponed', node: number, blob });
    else if (character === 'honest' && this.holds[at].has(blob)) {
      this.kept.add(blob);
      this.tell({ type: 'kept', blob });
    }
  }
}

const characters = (...of: Character[]) =>
  fc.array(fc.constantFrom(...of), { minLength: NODES, maxLength: NODES });

test('SWM-115 no needed output is given up while a node that delivers holds it, and none is released before it is kept', () => {
  fc.assert(
    fc.property(
      steps,
      characters('honest', 'honest', 'silent', 'cheat', 'busy'),
      (played, given) => {
        const world = new World(given);
        for (const step of played) world.play(step);
        world.pass(LONG_STEPS);
      },
    ),
  );
});

test('SWM-116 in the end every needed output is here, with enough nodes that stay, or given up because nobody has it', () => {
  fc.assert(
    fc.property(steps, characters('honest', 'honest', 'silent', 'cheat'), (played, given) => {
      const world = new World(given);
      for (const step of played) world.play(step);
      world.pass(LONG_STEPS);
      for (let number = 0; number < BLOBS; number++) {
        const { id } = ref(number);
        if (!world.core.isNeeded(id)) continue;
        const holding = world.holds.filter((held, at) => held.has(id) && !world.away.has(at));
        expect(holding.length).toBeGreaterThanOrEqual(ENOUGH_HOLDERS);
      }
    }),
  );
});

/** The core alone, with a clock. */
function play() {
  const core = new OutputsCore();
  let now = 0;
  const all: OutputsEffect[] = [];
  const tell = (event: OutputsEvent) => {
    const effects = core.handle(event, now);
    all.push(...effects);
    return effects;
  };
  const pass = (milliseconds: number) => {
    const effects: OutputsEffect[] = [];
    for (const end = now + milliseconds; now < end; ) {
      now += STEP_MS;
      effects.push(...tell({ type: 'tick' }));
    }
    return effects;
  };
  const hold = (node: number, ...blobs: BlobRef[]) =>
    tell({ type: 'held', node, blobs: blobs.map(({ id }) => id) });
  return { tell, pass, hold };
}

const [A, B] = [ref(1), ref(2)];
const deposit = (node: number, blobs: BlobRef[], last = false) => ({
  type: 'deposit',
  node,
  blobs,
  last,
});

test('SWM-117 what two nodes hold stays where it is; what one holds is uploaded', () => {
  const { tell, pass, hold } = play();
  for (const blob of [A, B]) tell({ type: 'needed', blob });
  hold(1, A, B);
  hold(2, B);
  expect(pass(5_000)).toEqual([deposit(1, [A])]);
});

test('SWM-135 what nodes hold that have much already is uploaded, and makes room there', () => {
  const world = new World(['honest', 'honest', 'honest']);
  const many = Array.from({ length: MANY_ON_ONE_NODE + 1 }, (_, at) => `a${at}`.padEnd(64, '-'));
  for (const number of [0, 1]) {
    world.tell({ type: 'held', node: number, blobs: many });
    world.tell({ type: 'held', node: number, blobs: [ref(0).id] });
    world.holds[number].add(ref(0).id);
  }
  world.tell({ type: 'needed', blob: ref(0) });
  world.pass(10);
  expect(world.kept).toContain(ref(0).id);
  expect(world.core.isHeld(ref(0).id)).toBe(false);
});

test('SWM-117 what somebody waits for is uploaded at once, however many hold it', () => {
  const { tell, hold } = play();
  tell({ type: 'needed', blob: A });
  hold(1, A);
  hold(2, A);
  expect(tell({ type: 'wanted', blob: A.id })).toEqual([deposit(1, [A])]);
  expect(tell({ type: 'kept', blob: A.id })).toEqual([
    { type: 'release', node: 1, blobs: [A.id] },
    { type: 'release', node: 2, blobs: [A.id] },
  ]);
});

test('SWM-133 holders are told which of their outputs a verdict refers to, whichever came first', () => {
  const { tell, hold } = play();
  expect(hold(1, A, B)).toEqual([]);
  expect(tell({ type: 'needed', blob: A })).toEqual([{ type: 'decided', node: 1, blobs: [A.id] }]);
  expect(hold(2, A, B)).toEqual([{ type: 'decided', node: 2, blobs: [A.id] }]);
});

test('SWM-118 a node that parts uploads what too few others hold, and is told when nothing keeps it', () => {
  const { tell, pass, hold } = play();
  for (const blob of [A, B]) tell({ type: 'needed', blob });
  hold(1, A, B);
  for (const node of [2, 3]) hold(node, B);
  hold(2, A);
  pass(5_000);
  expect(tell({ type: 'parting', node: 1 })).toEqual([deposit(1, [A], true)]);
  expect(tell({ type: 'parting', node: 9 })).toEqual([deposit(9, [], true)]);
});

test('SWM-119 a node that does not deliver, or delivers something else, is asked no more', () => {
  const { tell, pass, hold } = play();
  tell({ type: 'needed', blob: A });
  for (const node of [1, 2, 3]) hold(node, A);
  tell({ type: 'wanted', blob: A.id });
  expect(pass(40_000)).toEqual([deposit(2, [A])]);
  expect(tell({ type: 'cheated', node: 2, blob: A.id })).toEqual([deposit(3, [A])]);
  hold(1, A);
  expect(pass(100_000)).toEqual([{ type: 'lost', blob: A.id }]);
});

test('SWM-120 what nobody holds is given up only after nodes had time to come back', () => {
  const { tell, pass, hold } = play();
  tell({ type: 'needed', blob: A });
  hold(1, A);
  hold(2, A);
  pass(5_000);
  tell({ type: 'left', node: 1 });
  tell({ type: 'left', node: 2 });
  expect(pass(20_000)).toEqual([]);
  hold(3, A);
  hold(4, A);
  expect(pass(60_000)).toEqual([]);
  tell({ type: 'left', node: 3 });
  tell({ type: 'left', node: 4 });
  expect(pass(60_000).filter(({ type }) => type === 'lost')).toHaveLength(1);
});

test('SWM-121 only so many uploads are asked for at a time, more of those that somebody waits for', () => {
  const { tell, pass, hold } = play();
  const blobs = Array.from({ length: 40 }, (_, at) => {
    const id = at.toString(16).padStart(64, '0');
    return { id, bytes: 10, manifest: id };
  });
  for (const blob of blobs) {
    tell({ type: 'needed', blob });
    hold(1, blob);
  }
  expect(pass(5_000)).toHaveLength(DEPOSITS_AHEAD);
  const wanted = blobs.flatMap(({ id }) => tell({ type: 'wanted', blob: id }));
  expect(wanted).toHaveLength(DEPOSITS_WANTED - DEPOSITS_AHEAD);
  // One has come: its place is taken at once.
  expect(tell({ type: 'kept', blob: blobs[0].id }).map(({ type }) => type)).toEqual([
    'release',
    'deposit',
  ]);
});
