import type { OutputHash } from '../verification/digests.ts';
import { handedOver } from './checkpoints.ts';
import type { SchedulerEffect, SchedulerEvent } from './events.ts';
import { feedAgain, feedHungry, nodeWants, VAIN_TRIES_ON_TICK } from './feeding.ts';
import { expireLeases, nodeGone, nodeJoined, renounced, resumed } from './holding.ts';
import { Intake } from './intake.ts';
import { blockClaimed, blocksLost, expireJobs, jobAdded, jobCancelled } from './lifecycle.ts';
import { shardsRetried } from './retrying.ts';
import { submitted } from './submissions.ts';
import { SchedulerViews } from './views.ts';
import { newWorld, type World } from './world.ts';

export interface SchedulerOptions {
  /** SHA-256 of an outcome and its output. */
  hash: OutputHash;
  /** Number of the first lease. Must lie above all of earlier runs: the start time in microseconds does. */
  firstLease: bigint;
}

/**
 * The scheduler: a pure state machine. Events go in, in the order in which they happened; effects
 * come out, to be carried out in order. `docs/spec/scheduler.md` says what it promises.
 */
export class Scheduler {
  /** What can be read of the state; nothing is computed before it is asked for. */
  readonly views: SchedulerViews;
  readonly #world: World;
  readonly #intake: Intake;

  constructor({ hash, firstLease }: SchedulerOptions) {
    this.#world = newWorld(hash, firstLease);
    this.#intake = new Intake(this.#world.digests);
    this.views = new SchedulerViews(this.#world);
  }

  /** @param now milliseconds since 1970; never less than before */
  handle(event: SchedulerEvent, now: number): SchedulerEffect[] {
    const world = this.#world;
    world.effects = [];
    this.#take(event, now);
    for (let next = world.again.shift(); next; next = world.again.shift()) this.#take(next, now);
    if (world.supply) {
      world.supply = false;
      feedHungry(world, now);
    }
    return world.effects;
  }

  #take(event: SchedulerEvent, now: number): void {
    const world = this.#world;
    switch (event.type) {
      case 'job-added':
        jobAdded(world, event);
        break;
      case 'job-cancelled':
        jobCancelled(world, event);
        break;
      case 'shards-retried':
        shardsRetried(world, event);
        break;
      case 'node-joined':
        nodeJoined(world, event);
        break;
      case 'node-wants':
        nodeWants(world, event, now);
        break;
      case 'node-gone':
        nodeGone(world, event);
        break;
      case 'submitted':
        submitted(world, this.#intake, event, now);
        feedAgain(world, event.node, now);
        break;
      case 'renounced':
        renounced(world, event, now);
        break;
      case 'resumed':
        resumed(world, event, now);
        break;
      case 'handed-over':
        handedOver(world, event);
        break;
      case 'block-claimed':
        blockClaimed(world, this.#intake, event);
        break;
      case 'blocks-lost':
        blocksLost(world, event);
        break;
      case 'tick':
        expireJobs(world, now);
        expireLeases(world, now);
        world.supply = false;
        feedHungry(world, now, VAIN_TRIES_ON_TICK);
        break;
    }
  }
}
