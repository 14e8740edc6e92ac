import { toHex } from '../../shared/bytes.ts';
import { outputDigest } from '../../shared/verdict/digest.ts';
import { GAVE_UP } from '../../shared/verdict/outcome.ts';
import { draw } from './characters.ts';
import { VirtualCoordinator } from './coordinator.ts';
import { digestOf, makeJobs, truth, type VirtualJob } from './jobs.ts';
import { Link } from './link.ts';
import { type Connect, VirtualNode } from './node.ts';
import { Random } from './random.ts';
import { Timeline } from './timeline.ts';

/** Any fixed moment will do. */
const START = Date.UTC(2026, 0, 1);
/** Virtual hours after the end of all trouble in which everything must come to its end. */
const CALM_HOURS = 12;
/** A lease may be this much older than its deadline: two ticks. */
const OVERDUE_MS = 1_000;

/** What to simulate. */
export interface SimulationOptions {
  seed: number;
  nodes: number;
  /** Virtual hours of trouble. */
  hours: number;
  /** Share of nodes that lie. */
  liars: number;
}

/** What came of it. */
export interface SimulationSummary {
  hours: number;
  shards: number;
  done: number;
  failed: number;
  /** Verdicts that are not the truth, all by as many colluders as the quorum asks for. */
  wrong: number;
  runs: number;
  coordinatorStarts: number;
  nodeCrashes: number;
  commits: number;
  commitsFailed: number;
  acks: number;
  /** Checkpoints handed over, and those with which another run began. */
  handOvers: number;
  moves: number;
  refusals: Record<string, number>;
}

/** A crowd, a coordinator, and everything that can go wrong between them, all from one seed. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #timeline = new Timeline(START);
  readonly #jobs: VirtualJob[];
  readonly #coordinator: VirtualCoordinator;
  readonly #nodes: VirtualNode[] = [];
  readonly #links = new Map<VirtualNode, Link>();
  readonly #colluders = new Set<string>();
  /** Who is behind an honest node's wrong answer, by job, shard and node. */
  readonly #misled = new Map<string, string>();
  #calm = false;
  #crashes = 0;
  #seen = 0;
  #wrong = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#jobs = makeJobs(this.#random, options.nodes, options.hours, START);
    this.#coordinator = new VirtualCoordinator(this.#timeline, this.#random, this.#jobs);
    this.#makeNodes();
  }

  /**
   * Runs to the end.
   * @param progress called after each virtual minute
   * @throws Error at the first promise that is broken
   */
  run(progress: (summary: SimulationSummary) => void = () => {}): SimulationSummary {
    this.#coordinator.start();
    this.#everyMinute(() => this.#check());
    this.#planTrouble();
    for (const node of this.#nodes)
      this.#timeline.after(this.#random.below(60_000), () => node.start());
    const troubleEnds = START + this.#options.hours * 3_600_000;
    this.#timeline.at(troubleEnds, () => this.#calmDown());
    const end = troubleEnds + CALM_HOURS * 3_600_000;
    let minute = 0;
    while (!this.#isOver() && this.#timeline.step(end)) {
      const passed = Math.floor((this.#timeline.now - START) / 60_000);
      if (passed === minute) continue;
      minute = passed;
      progress(this.#summary());
    }
    this.#checkEnd();
    return this.#summary();
  }

  #makeNodes(): void {
    const jobs = new Map(this.#jobs.map((job) => [job.view.id, job]));
    for (let number = 0; number < this.#options.nodes; number++) {
      // A few networks have many nodes; one node in ten is on one that does not count.
      const crowded = this.#random.chance(0.2);
      const network = crowded ? `shared ${this.#random.below(5)}` : `own ${number}`;
      const node = new VirtualNode(this.#timeline, this.#random, jobs, this.#connect, {
        number,
        character: draw(this.#random, this.#options.liars),
        network: this.#random.chance(0.1) ? null : network,
        misled: (node, job, shard, by) => {
          this.#misled.set(`${job}/${shard}/${toHex(node.key)}`, toHex(this.#nodes[by].key));
        },
      });
      this.#nodes.push(node);
      if (node.character === 'colluder') this.#colluders.add(toHex(node.key));
    }
  }

  readonly #connect: Connect = (node, received, closed) => {
    const coordinator = this.#coordinator;
    if (!coordinator.running || (!this.#calm && this.#random.chance(0.02))) return null;
    const link = new Link(this.#timeline, this.#random, {
      toNode: received,
      toCoordinator: (frame) => coordinator.received(session, frame),
      nodeClosed: closed,
      coordinatorClosed: () => coordinator.closed(session),
    });
    const session = coordinator.accept({
      network: node.network,
      send: (frame) => link.down(frame),
      drop: () => link.break(this.#random.below(500), null),
    });
    this.#links.set(node, link);
    return {
      send: (frame) => link.up(frame),
      // A closed tab is heard of at once, a machine that died only by its silence.
      close: () => link.break(null, node.alive || this.#random.chance(0.5) ? 50 : null),
    };
  };

  #planTrouble(): void {
    const { nodes } = this.#options;
    const often = (meanMs: number, action: () => void) => {
      const next = () =>
        this.#timeline.after(this.#random.wait(meanMs), () => {
          if (this.#calm) return;
          action();
          next();
        });
      next();
    };
    const hour = 3_600_000;
    // Each node: a broken connection an hour, a crash or a closed tab every two, a pause every four.
    often(hour / nodes, () =>
      this.#links
        .get(this.#any())
        ?.break(this.#random.below(2_000), this.#random.chance(0.5) ? 100 : null),
    );
    often((2 * hour) / nodes, () => this.#stop(this.#any()));
    often((4 * hour) / nodes, () => this.#pause(this.#any()));
    often(hour / 6, () => this.#crashCoordinator());
    often(hour / 2, () => this.#retry());
  }

  #any(): VirtualNode {
    return this.#nodes[this.#random.below(this.#nodes.length)];
  }

  #stop(node: VirtualNode): void {
    if (!node.alive) return;
    this.#crashes++;
    if (this.#random.chance(0.3)) node.leave();
    else node.crash();
    this.#timeline.after(this.#random.wait(120_000), () => {
      if (!node.alive) node.start();
    });
  }

  #pause(node: VirtualNode): void {
    if (!node.alive) return;
    node.press('pause');
    this.#timeline.after(this.#random.wait(60_000), () => {
      if (node.alive) node.press('resume');
    });
  }

  #crashCoordinator(): void {
    if (!this.#coordinator.running) return;
    this.#coordinator.crash();
    this.#timeline.after(this.#random.between(500, 20_000), () => this.#coordinator.start());
  }

  /** A requester has the failed shards of some job run again. */
  #retry(): void {
    const { spec } = this.#jobs[this.#random.below(this.#jobs.length)];
    if (this.#coordinator.running) this.#coordinator.retry(spec.job);
  }

  #calmDown(): void {
    this.#calm = true;
    for (const node of this.#nodes) if (!node.alive) node.start();
    for (const node of this.#nodes) node.press('resume');
  }

  #everyMinute(action: () => void): void {
    this.#timeline.after(60_000, () => {
      action();
      this.#everyMinute(action);
    });
  }

  #isOver(): boolean {
    return this.#calm && this.#coordinator.isDone();
  }

  #check(): void {
    this.#judgeVerdicts();
    if (!this.#coordinator.running) return;
    const { earliest } = this.#coordinator.leases();
    if (earliest + OVERDUE_MS < this.#timeline.now)
      throw new Error('a lease does not end at its deadline');
  }

  /** Compares new verdicts with the truth: only as many colluders as the quorum may get around it. */
  #judgeVerdicts(): void {
    const { verdicts } = this.#coordinator.durable;
    for (; this.#seen < verdicts.length; this.#seen++) {
      const record = verdicts[this.#seen];
      const { blockShards, replication } = this.#jobs[record.job - 1].spec;
      let start = 0;
      record.shards.forEach((place, i) => {
        const output = record.outputs.subarray(start, start + record.lengths[i]);
        start += record.lengths[i];
        if (record.statuses[i] === GAVE_UP) return;
        const shard = record.block * blockShards + place;
        const right = truth(record.job, shard);
        const digest = toHex(outputDigest(record.statuses[i], output));
        if (digest === toHex(digestOf(right.outcome, right.output))) return;
        this.#wrong++;
        const runs = [...this.#coordinator.checker.runsOf(record.job, shard)];
        const voters = runs.filter(([, run]) => run.digest === digest).map(([key]) => key);
        const guilty = new Set(voters.map((key) => this.#culprit(record.job, shard, key)));
        const needed = replication.quorum;
        // A coordinator that starts again does not remember which runs are one.
        if (guilty.has('forgotten')) return;
        guilty.delete(null);
        if (needed > 1 && guilty.size < needed)
          throw new Error(`shard ${shard} of job ${record.job} has a wrong verdict`);
      });
    }
  }

  /** Whose doing a wrong vote is; null where nobody's. */
  #culprit(job: number, shard: number, voter: string): string | null {
    if (this.#colluders.has(voter)) return voter;
    const by = this.#misled.get(`${job}/${shard}/${voter}`);
    if (by === undefined) return null;
    return this.#coordinator.counts.starts > 1 ? 'forgotten' : by;
  }

  #checkEnd(): void {
    this.#check();
    if (!this.#isOver())
      throw new Error(`after ${CALM_HOURS} calm hours not all jobs have come to their end`);
    if (this.#coordinator.leases().count > 0)
      throw new Error('leases are left although all jobs have ended');
  }

  #summary(): SimulationSummary {
    const { counts, durable } = this.#coordinator;
    const summary: SimulationSummary = {
      hours: (this.#timeline.now - START) / 3_600_000,
      shards: 0,
      done: 0,
      failed: 0,
      wrong: this.#wrong,
      runs: 0,
      coordinatorStarts: counts.starts,
      nodeCrashes: this.#crashes,
      commits: counts.commits,
      commitsFailed: counts.failed,
      acks: counts.acks,
      handOvers: counts.handOvers,
      moves: counts.moves,
      refusals: Object.fromEntries(counts.refusals),
    };
    for (const { spec } of this.#jobs) {
      const { done, failed } = durable.counts(spec.job);
      summary.shards += spec.shards;
      summary.done += done;
      summary.failed += failed;
    }
    for (const node of this.#nodes) summary.runs += node.shardsRun;
    return summary;
  }
}
