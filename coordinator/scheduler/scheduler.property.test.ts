import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { Outcome } from '../../shared/verdict/outcome.ts';
import type { LeaseClaim, Results, SchedulerEffect, SchedulerEvent } from './events.ts';
import { Scheduler } from './scheduler.ts';
import { allResults, exampleJob, rightResults } from './testing/bench.ts';
import { Checker } from './testing/checker.ts';
import { Durable } from './testing/durable.ts';
import { LineageLedger } from './testing/lineage-ledger.ts';

const KEYS = 5;
const JOB = exampleJob({ shards: 37, blockShards: 8 });

/** One step of a random history. Numbers choose among what is there at that moment. */
type Step =
  | { do: 'join'; key: number; network: number }
  | { do: 'leave'; pick: number }
  | { do: 'want'; pick: number; ms: number }
  | { do: 'submit'; pick: number; from: number; upTo: number; answer: number }
  | { do: 'again'; pick: number }
  | { do: 'renounce'; pick: number }
  | { do: 'resume'; pick: number }
  | { do: 'hand-over'; pick: number; at: number }
  | { do: 'commit' }
  | { do: 'lose' }
  | { do: 'claim' }
  | { do: 'retry' }
  | { do: 'crash' }
  | { do: 'wait'; ms: number };

const pick = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      key: fc.nat({ max: KEYS - 1 }),
      network: fc.nat({ max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), pick }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('want' as const), pick, ms: fc.nat({ max: 20 }) }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      pick,
      from: pick,
      upTo: pick,
      answer: fc.nat({ max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('again' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renounce' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const), pick }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('hand-over' as const), pick, at: pick }),
  },
  { weight: 6, arbitrary: fc.constant({ do: 'commit' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose' as const }) },
  { weight: 6, arbitrary: fc.constant({ do: 'claim' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'retry' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'crash' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: 60_000 }) }),
  },
);

interface ConnectedNode {
  number: number;
  key: string;
}

/** A coordinator with slow commits and claims, and nodes that do anything at all. */
class History {
  #runs = 0;
  readonly durable = new Durable();
  readonly checker = new Checker();
  readonly ledger = new LineageLedger();
  /** Checkpoints with which a run went on. */
  moves = 0;
  scheduler = this.#start();
  now = 1_000_000_000_000;
  nodes: ConnectedNode[] = [];
  /** Every lease that any key was ever given, as its ticket says it. */
  readonly tickets: LeaseClaim[] = [];
  readonly sent: { claim: LeaseClaim; results: Results }[] = [];
  /** Effects of events that are not durable yet, and claims that are not answered. */
  gathered: SchedulerEffect[][] = [];
  claims: { job: number; block: number }[] = [];
  #nextNode = 1;

  constructor() {
    this.durable.addJob(JOB);
    this.checker.addJob(JOB);
    this.handle(this.durable.added(JOB.job));
  }

  #start(): Scheduler {
    this.#runs++;
    return new Scheduler({ hash: outputDigest, firstLease: BigInt(this.#runs) << 40n });
  }

  handle(event: SchedulerEvent): void {
    const undecided = this.#undecided(event);
    const effects = this.scheduler.handle(event, this.now);
    for (const effect of effects) {
      this.#checkLineages(effect, undecided);
      this.ledger.take(effect, (node) => this.nodes.find(({ number }) => number === node)?.key);
      if (effect.type === 'lease' && effect.checkpoints) this.moves++;
    }
    this.gathered.push(effects);
    for (const effect of effects) {
      if (effect.type === 'lease') this.#leased(effect);
      else if (effect.type === 'claim-block') this.claims.push(effect);
    }
    this.#checkActive();
  }

  /** The shards of the block that an event is about that have no verdict before it. */
  #undecided(event: SchedulerEvent): ReadonlySet<number> {
    if (event.type !== 'submitted') return new Set();
    const { block } = event.claim;
    const states = this.scheduler.views.shardStates(JOB.job, block) ?? new Uint8Array(0);
    const first = block * JOB.blockShards;
    return new Set([...states.keys()].filter((k) => states[k] < 2).map((k) => first + k));
  }

  /** No two nodes that had one run both count for its shard. */
  #checkLineages(effect: SchedulerEffect, undecided: ReadonlySet<number>): void {
    if (effect.type !== 'keep-submission') return;
    const { claim, results } = effect.submission;
    for (let shard = results.first; shard < results.first + results.count; shard++) {
      if (!undecided.has(shard)) continue;
      const keys = new Set(this.checker.runsOf(JOB.job, shard).keys());
      for (const kept of this.gathered.flat())
        if (kept.type === 'keep-submission' && covers(kept.submission.results, shard))
          keys.add(kept.submission.claim.nodeKey);
      for (const key of keys) expect(this.ledger.isOne(shard, key, claim.nodeKey)).toBe(false);
    }
  }

  /** Active shards are those that the blocks in memory say are, and no others. */
  #checkActive(): void {
    const { views } = this.scheduler;
    let active = 0;
    for (const { block, ...counts } of views.blocks(JOB.job)) {
      const states = views.shardStates(JOB.job, block) ?? new Uint8Array(0);
      const of = (state: number) => states.filter((other) => other === state).length;
      expect(counts).toMatchObject({ active: of(1), done: of(2), failed: of(3) });
      active += counts.active;
    }
    expect(views.active(JOB.job)).toBe(active);
  }

  #leased({ node, claim }: { node: number; claim: LeaseClaim }): void {
    const holder = this.nodes.find(({ number }) => number === node);
    expect(holder?.key).toBe(claim.nodeKey);
    for (let shard = claim.first; shard < claim.first + claim.count; shard++)
      expect(this.checker.runsOf(JOB.job, shard).has(claim.nodeKey)).toBe(false);
    this.tickets.push(claim);
  }

  join(key: string, network: string | null): void {
    const node = this.#nextNode++;
    this.nodes.push({ number: node, key });
    const kinds = ['wasi' as const];
    const means = { kinds, threads: 2, memoryMiB: 512, projects: null };
    this.handle({ type: 'node-joined', node, key, network, ...means });
  }

  submit(claim: LeaseClaim, results: Results): void {
    const node = this.nodes.find(({ key }) => key === claim.nodeKey);
    if (!node) return;
    this.sent.push({ claim, results });
    this.handle({ type: 'submitted', node: node.number, claim, results });
  }

  commit(): void {
    for (const effects of this.gathered.splice(0)) {
      this.durable.commit(effects);
      this.checker.committed(effects);
    }
  }

  take(step: Step): void {
    switch (step.do) {
      case 'join': {
        this.join(`key ${step.key}`, step.network === 0 ? null : `net ${step.network}`);
        break;
      }
      case 'leave': {
        const node = this.#node(step.pick);
        if (!node) break;
        this.nodes = this.nodes.filter((other) => other !== node);
        this.handle({ type: 'node-gone', node: node.number });
        break;
      }
      case 'want': {
        const node = this.#node(step.pick);
        if (node)
          this.handle({ type: 'node-wants', node: node.number, threads: 2, milliseconds: step.ms });
        break;
      }
      case 'submit': {
        const claim = this.#ticket(step.pick);
        if (!claim) break;
        const from = step.from % claim.count;
        const count = 1 + (step.upTo % (claim.count - from));
        const range = { first: claim.first + from, count };
        this.submit(claim, answered(range, step.answer));
        break;
      }
      case 'again': {
        const sent = this.sent[step.pick % Math.max(1, this.sent.length)];
        if (sent) this.submit(sent.claim, sent.results);
        break;
      }
      case 'renounce':
      case 'resume': {
        const claim = this.#ticket(step.pick);
        const node = this.nodes.find(({ key }) => key === claim?.nodeKey);
        if (!claim || !node) break;
        const type = step.do === 'resume' ? 'resumed' : 'renounced';
        this.handle({ type, node: node.number, leases: [claim] });
        break;
      }
      case 'hand-over': {
        const claim = this.#ticket(step.pick);
        const node = this.nodes.find(({ key }) => key === claim?.nodeKey);
        if (!claim || !node) break;
        const shard = claim.first + (step.at % claim.count);
        const checkpoint = this.ledger.handOver(shard, claim.nodeKey);
        this.handle({ type: 'handed-over', node: node.number, claim, shard, checkpoint });
        if (step.at % 2 === 0) break;
        // Its tab closes, others take up what it had, and it comes back with its old tickets.
        this.take({ do: 'leave', pick: this.nodes.indexOf(node) });
        for (const { number } of [...this.nodes])
          this.handle({ type: 'node-wants', node: number, threads: 2, milliseconds: 20 });
        this.join(node.key, null);
        const next = this.tickets.findLast(({ first, count }) => first === shard && count === 1);
        const range = { first: shard, count: 1 };
        for (const ticket of step.at % 4 === 1 ? [claim, next] : [next, claim])
          if (ticket) this.submit(ticket, rightResults(range));
        break;
      }
      case 'commit':
        this.commit();
        break;
      case 'lose':
        this.#lose();
        break;
      case 'claim':
        this.answerClaims();
        break;
      case 'retry':
        this.#retry();
        break;
      case 'crash':
        this.crash();
        break;
      case 'wait':
        this.now += step.ms;
        this.handle({ type: 'tick' });
        break;
    }
  }

  answerClaims(): void {
    // As in the coordinator: what came before a claim is durable when the claim is answered.
    this.commit();
    for (const { job, block } of this.claims.splice(0)) this.handle(this.durable.claim(job, block));
  }

  crash(): void {
    this.gathered = [];
    this.claims = [];
    this.nodes = [];
    this.scheduler = this.#start();
    this.ledger.clear();
    if (this.durable.job(JOB.job).state === 'running') this.handle(this.durable.added(JOB.job));
  }

  #lose(): void {
    const blocks = new Set<number>();
    for (const effect of this.gathered.splice(0).flat())
      if (effect.type === 'keep-submission') blocks.add(effect.submission.claim.block);
    const lost = [...blocks].map((block) => ({ job: JOB.job, block }));
    if (lost.length > 0) this.handle({ type: 'blocks-lost', blocks: lost });
  }

  #retry(): void {
    this.commit();
    const { blocks, state } = this.durable.job(JOB.job);
    for (const [number, { statuses }] of blocks)
      for (const [k, status] of statuses)
        if (status !== 0) this.checker.retried(JOB.job, number * JOB.blockShards + k);
    if (this.durable.retry(JOB.job, 'all') === 0) return;
    if (state !== 'running') this.handle(this.durable.added(JOB.job));
    else {
      const finished = this.durable.finished(JOB.job);
      this.handle({ type: 'shards-retried', job: JOB.job, shards: 'all', finished });
    }
  }

  #node(choice: number): ConnectedNode | undefined {
    return this.nodes[choice % Math.max(1, this.nodes.length)];
  }

  /** Mostly one of the newest, as they matter most. */
  #ticket(choice: number): LeaseClaim | undefined {
    const back = choice % 3 === 0 ? choice : choice % 8;
    return this.tickets[this.tickets.length - 1 - (back % Math.max(1, this.tickets.length))];
  }
}

function covers({ first, count }: Results, shard: number): boolean {
  return shard >= first && shard < first + count;
}

function answered(range: { first: number; count: number }, answer: number): Results {
  if (answer === 0) return allResults(range, { outcome: Outcome.ok, output: 'wrong' });
  if (answer === 1) return allResults(range, { outcome: Outcome.timeLimit, output: '' });
  if (answer === 2) return allResults(range, { outcome: Outcome.trap, output: '' });
  if (answer === 3) {
    const right = rightResults(range);
    return { ...right, outputs: right.outputs.slice().fill(63) };
  }
  return rightResults(range);
}

/** After whatever happened, honest nodes come one after the other and bring the job to its end. */
function finish(history: History): void {
  for (let round = 0; round < 20; round++) {
    while (history.nodes.length > 0) history.take({ do: 'leave', pick: 0 });
    const key = `honest ${round}`;
    history.join(key, null);
    history.now += 100_000;
    history.handle({ type: 'tick' });
    history.take({ do: 'want', pick: 0, ms: 1e9 });
    history.answerClaims();
    const before = history.tickets.findIndex(({ nodeKey }) => nodeKey === key);
    for (let at = before; at >= 0 && at < history.tickets.length; at++) {
      history.submit(history.tickets[at], rightResults(history.tickets[at]));
      history.answerClaims();
    }
    history.commit();
    if (history.durable.job(JOB.job).state !== 'running') return;
  }
  throw new Error('the job does not come to its end');
}

describe('any history', () => {
  test('SCH-4 SCH-41 SCH-20 SCH-21 SCH-23 SCH-25 VER-1 no verdict without a quorum, no shard lost or decided twice, whatever happens', () => {
    let moves = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const history = new History();
        for (const next of steps) history.take(next);
        moves += history.moves;
        finish(history);
        const { done, failed } = history.durable.counts(JOB.job);
        expect(done + failed).toBe(JOB.shards);
      }),
      { numRuns: 150 },
    );
    // Else nothing of this is about runs that move.
    expect(moves).toBeGreaterThan(0);
  });
});
