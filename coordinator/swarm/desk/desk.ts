import { chunkCount } from '../../../shared/blob/chunks.ts';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { MAX_OUTPUT_BYTES } from '../../../shared/job/limits.ts';
import type { BlobId } from '../../../shared/job/spec.ts';
import type { SwarmNodeFrame } from '../../../shared/protocol/frames.ts';
import { MAX_MISSING_BYTES, RELAY_PATH } from '../../../shared/protocol/limits.ts';
import type { NodeNumber } from '../../scheduler/events.ts';
import { MAX_BANNED } from '../limits.ts';
import type { Holders, OutputKeeper, SwarmDesk, SwarmNode } from '../ports.ts';
import type { SeekAnswer } from '../tracker/tracker.ts';
import { Accusers } from './accusers.ts';
import { DeskNode } from './desk-node.ts';
import type { DeskOptions } from './desk-options.ts';
import { Introducer } from './introducer.ts';
import { KnownBlobs } from './known-blobs.ts';
import { Participants } from './participants.ts';
import { blobWrong, noPart, peerTaken, swarmOff } from './swarm-errors.ts';

type FrameOf<T extends SwarmNodeFrame['type']> = Extract<SwarmNodeFrame, { type: T }>;

/** To a seek that turns out wrong after it was taken: nothing, and not again at once. */
const NOTHING: SeekAnswer = { peers: [], grant: [], retryMs: 5_000 };

/** The coordinator's side of data between peers: checks what nodes say and asks the tracker. */
export class Desk implements SwarmDesk, Holders {
  readonly #options: DeskOptions;
  readonly #introducer: Introducer;
  readonly #blobs: KnownBlobs;
  readonly #participants = new Participants();
  readonly #accusers = new Accusers();
  readonly #nodes = new Map<NodeNumber, DeskNode>();
  readonly #byPeer = new Map<string, DeskNode>();
  /** Keys of nodes that served wrong bytes: a new connection changes nothing about it. */
  readonly #banned = new Set<string>();
  #outputs: OutputKeeper | null = null;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#introducer = new Introducer(options.secret);
    this.#blobs = new KnownBlobs((id) => options.blobBytes(id));
  }

  /** Who is told of the outputs that stay on nodes; set once, before nodes connect. */
  tellOf(outputs: OutputKeeper): void {
    this.#outputs = outputs;
  }

  joined(node: SwarmNode): void {
    const { tracker } = this.#options;
    this.#nodes.set(node.number, new DeskNode(node));
    tracker.joined(node.number, node.network);
    if (this.#banned.has(node.key)) tracker.ban(node.number);
  }

  leased(number: NodeNumber, job: string): void {
    const known = this.#nodes.get(number);
    if (known) this.#participants.note(job, known.node.key);
  }

  left(number: NodeNumber): void {
    const known = this.#nodes.get(number);
    if (!known) return;
    this.#nodes.delete(number);
    this.#options.tracker.left(number);
    this.#forgetPeer(known);
    this.#count();
    this.#outputs?.left(known.node);
  }

  /** @throws ManyhandsError SWARM_OFF, SWARM_TOO_FAST, SWARM_NO_PART, PEER_TAKEN, SWARM_BLOB_WRONG, SWARM_TOO_MANY_BLOBS */
  receive(number: NodeNumber, frame: SwarmNodeFrame): void {
    const known = this.#nodes.get(number);
    if (!known) return;
    const now = this.#options.now();
    known.countFrame(now);
    switch (frame.type) {
      case 'enter':
        this.#enter(known, frame);
        break;
      case 'seek':
        this.#seek(known, frame, now);
        break;
      case 'hold':
        this.#hold(known, frame, now);
        break;
      case 'unhold':
        this.#unhold(known, frame);
        break;
      case 'accuse':
        this.#accuse(known, frame, now);
        break;
      case 'traffic':
        this.#options.meter.peerBytes += known.plausible(frame.fromPeers, now);
        break;
      case 'parting':
        if (this.#outputs) this.#outputs.parting(known.node);
        else known.node.send({ type: 'deposit', blobs: [], last: true });
        break;
    }
  }

  of(blob: BlobId): readonly SwarmNode[] {
    return this.#options.tracker
      .holders(blob)
      .flatMap((number) => this.#nodes.get(number)?.node ?? []);
  }

  /** Whether a peer id is that of a connected node that may meet others: the relay serves no other. */
  isKnown(peer: string): boolean {
    const known = this.#byPeer.get(peer);
    return known !== undefined && !this.#options.tracker.isBanned(known.node.number);
  }

  /** Whether the one was introduced to the other lately. */
  mayMeet(from: string, to: string): boolean {
    const [one, other] = [this.#byPeer.get(from), this.#byPeer.get(to)];
    if (!one || !other) return false;
    return this.#options.tracker.haveMet(one.node.number, other.node.number);
  }

  #enter(known: DeskNode, { peer, reachable }: FrameOf<'enter'>): void {
    if (!this.#options.enabled) throw swarmOff();
    const holder = this.#byPeer.get(peer);
    if (holder && holder !== known) throw peerTaken(peer);
    if (known.peer !== peer) this.#forgetPeer(known);
    known.peer = peer;
    this.#byPeer.set(peer, known);
    this.#options.tracker.entered(known.node.number, reachable);
    this.#count();
    void this.#welcome(known);
  }

  async #welcome({ node }: DeskNode): Promise<void> {
    const { relay, iceServers, onError } = this.#options;
    try {
      const peer = await relay.start();
      if (this.#nodes.get(node.number)?.node !== node) return;
      const { key } = this.#introducer;
      node.send({ type: 'entered', relay: { peer, path: RELAY_PATH }, key, iceServers });
    } catch (thrown) {
      onError(thrown);
    }
  }

  #seek(known: DeskNode, frame: FrameOf<'seek'>, now: number): void {
    if (!this.#mayTakePart(known, frame.job, frame.pass)) throw noPart(frame.job);
    const { blob } = frame;
    this.#options.meter.seeks++;
    const bytes = this.#blobs.remembered(blob.id, now);
    if (bytes !== undefined) this.#answer(known, frame, bytes, now);
    else
      this.#blobs.bytes(blob.id, now).then(
        (found) => {
          if (this.#nodes.get(known.node.number) !== known) return;
          try {
            this.#answer(known, frame, found, this.#options.now());
          } catch {
            // Its frame was answered for long ago; what is wrong with it shows in the next one.
            this.#send(known, frame, NOTHING, false);
          }
        },
        (thrown) => this.#options.onError(thrown),
      );
  }

  /** @param bytes length of the coordinator's blob; null where it has none */
  #answer(known: DeskNode, frame: FrameOf<'seek'>, bytes: number | null, now: number): void {
    const { tracker, meter } = this.#options;
    const { blob } = frame;
    const seeded = bytes !== null;
    if (seeded ? blob.bytes !== bytes : blob.bytes > MAX_OUTPUT_BYTES) throw blobWrong(blob.id);
    this.#admit(known, frame.job, blob);
    const linked = frame.linked && this.#numbers(frame.linked);
    const answer = tracker.seek(known.node.number, { ...frame, linked }, seeded, now);
    meter.introductions += answer.peers.length;
    // An output of an earlier stage, which this node will not get from a peer: it comes here first.
    if (!seeded && (frame.starved || known.peer === null)) this.#outputs?.ask(blob.id);
    for (const { count } of answer.grant) meter.grantedChunks += count;
    this.#send(known, frame, answer, seeded);
  }

  /** The connected nodes behind these peer ids. */
  #numbers(peers: readonly string[]): Set<NodeNumber> {
    return new Set(peers.flatMap((peer) => this.#byPeer.get(peer)?.node.number ?? []));
  }

  #send(known: DeskNode, frame: FrameOf<'seek'>, answer: SeekAnswer, seeded: boolean): void {
    const { job, blob } = frame;
    const from = known.peer;
    const now = this.#options.now();
    const peers = answer.peers.flatMap((number) => {
      const to = this.#nodes.get(number)?.peer;
      if (!to || !from) return [];
      return { peer: to, ticket: this.#introducer.ticket({ job, from, to }, now) };
    });
    const { grant, retryMs } = answer;
    known.node.send({ type: 'found', job, blob: blob.id, peers, grant, seeded, retryMs });
  }

  #hold(known: DeskNode, { job, blobs }: FrameOf<'hold'>, now: number): void {
    const { tracker } = this.#options;
    const { node } = known;
    const outputs: BlobRef[] = [];
    for (const { blob, chunks, output } of blobs)
      if (output && chunks >= chunkCount(blob.bytes)) outputs.push(blob);
    known.countHeld(outputs.length, now);
    if (outputs.length > 0) this.#outputs?.held(node, job, outputs);
    // A node that comes back may hold blobs of a job that it has no lease of yet: no fault of its own.
    if (!this.#mayTakePart(known, job, undefined)) return;
    for (const { blob, chunks } of blobs) {
      this.#admit(known, job, blob);
      tracker.hold(node.number, job, blob, chunks);
    }
  }

  #unhold(known: DeskNode, { blobs }: FrameOf<'unhold'>): void {
    for (const blob of blobs) {
      this.#options.tracker.unhold(known.node.number, blob);
      known.withdraw(blob);
    }
    this.#outputs?.unheld(known.node, blobs);
  }

  #accuse(known: DeskNode, { peer }: FrameOf<'accuse'>, now: number): void {
    const { tracker, meter, relay } = this.#options;
    const accused = this.#byPeer.get(peer);
    if (!accused || !tracker.haveMet(known.node.number, accused.node.number)) return;
    if (!this.#accusers.believes(known.node, now)) return;
    const verdict = tracker.accuse(known.node.number, accused.node.number);
    meter.accusations++;
    if (verdict !== 'banned') return;
    meter.bans++;
    this.#ban(accused);
    relay.drop(peer);
  }

  #ban({ node }: DeskNode): void {
    this.#banned.add(node.key);
    const [oldest] = this.#banned;
    if (this.#banned.size > MAX_BANNED) this.#banned.delete(oldest);
  }

  #mayTakePart({ node }: DeskNode, job: string, pass: Uint8Array | undefined): boolean {
    if (this.#participants.has(job, node.key)) return true;
    return this.#options.mayTakePart?.(node, job, pass) ?? false;
  }

  #admit(known: DeskNode, job: string, blob: BlobRef): void {
    const chunks = chunkCount(blob.bytes);
    if (chunks > 8 * MAX_MISSING_BYTES) throw blobWrong(blob.id);
    known.admit(job, blob, chunks);
  }

  #forgetPeer(known: DeskNode): void {
    if (known.peer === null) return;
    this.#byPeer.delete(known.peer);
    this.#options.relay.drop(known.peer);
    known.peer = null;
  }

  #count(): void {
    this.#options.meter.members = this.#options.tracker.members;
  }
}
