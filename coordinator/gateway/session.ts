import { randomBytes } from 'node:crypto';
import { toHex } from '../../shared/bytes.ts';
import { ManyhandsError, toErrorBody } from '../../shared/errors.ts';
import { joinMessage } from '../../shared/identity/messages.ts';
import { decodeNodeFrame, encodeFrame } from '../../shared/protocol/codec.ts';
import type { CoordinatorFrame, NodeFrame } from '../../shared/protocol/frames.ts';
import { HEARTBEAT_MISSES, HEARTBEAT_MS } from '../../shared/protocol/limits.ts';
import type { NodeNumber } from '../scheduler/events.ts';
import type { SwarmDesk } from '../swarm/ports.ts';
import type { Dispatcher } from './dispatcher.ts';
import { FaultBudget } from './fault-budget.ts';
import { selectVersion } from './handshake.ts';
import { JoinedNode } from './joined-node.ts';
import { BYE_RETRY_MS, CloseCode, HANDSHAKE_MS, MAX_UNSENT_BYTES } from './limits.ts';
import { NodeKey } from './node-key.ts';
import type { Tickets } from './tickets.ts';

const CHALLENGE_BYTES = 32;

/** The connection as a session needs it. */
export interface Wire {
  /** Bytes that the node has not taken yet. */
  readonly unsent: number;
  send(bytes: Uint8Array): void;
  /** Ends the connection; nothing arrives from it any more. */
  close(code: number, reason: string): void;
}

/** What sessions share. */
export interface SessionContext {
  dispatcher: Dispatcher;
  tickets: Tickets;
  /** Where frames about data between peers go. */
  desk: SwarmDesk;
  now: () => number;
  /** Makes this the session of its node; the node's earlier one, if any, is ended. */
  claimKey(key: string, session: Session): void;
}

type State =
  | { name: 'greeting' }
  | { name: 'proving'; key: string; nodeKey: NodeKey; agent: string; challenge: Uint8Array }
  | { name: 'joined'; number: NodeNumber; node: JoinedNode }
  | { name: 'closed' };

type Joined = Extract<State, { name: 'joined' }>;

/** One node's connection, from its first frame to its last. */
export class Session {
  readonly #context: SessionContext;
  readonly #wire: Wire;
  readonly #network: string | null;
  readonly #faults = new FaultBudget();
  readonly #openedAt: number;
  #heardAt: number;
  #provenKey: string | null = null;
  #state: State = { name: 'greeting' };

  /** @param network what counts as the node's network; null for one of its own */
  constructor(context: SessionContext, wire: Wire, network: string | null) {
    this.#context = context;
    this.#wire = wire;
    this.#network = network;
    this.#openedAt = context.now();
    this.#heardAt = this.#openedAt;
  }

  /** Public key in hexadecimal once it is proven (and ever after), else null. */
  get key(): string | null {
    return this.#provenKey;
  }

  /** One message of the node. Whatever is wrong with it is answered, and closes nothing by itself. */
  receive(bytes: Uint8Array): void {
    if (this.#state.name === 'closed') return;
    this.#heardAt = this.#context.now();
    try {
      const began = performance.now();
      const frame = decodeNodeFrame(bytes);
      this.#context.dispatcher.meter.decodeMs += performance.now() - began;
      this.#take(frame);
    } catch (thrown) {
      this.#fault(thrown);
    }
  }

  /** Time has passed: ends a session whose node is silent or does not get ready. */
  check(now: number): void {
    if (this.#state.name === 'joined') {
      if (now - this.#heardAt > HEARTBEAT_MS * HEARTBEAT_MISSES)
        this.end(CloseCode.silent, 'NODE_SILENT', 'Nothing was heard from this node for too long.');
    } else if (this.#state.name !== 'closed' && now - this.#openedAt > HANDSHAKE_MS)
      this.end(CloseCode.notProven, 'JOIN_TOO_SLOW', 'The node did not join in time.');
  }

  /** The connection is gone, from whichever side. */
  gone(): void {
    const state = this.#state;
    this.#state = { name: 'closed' };
    if (state.name !== 'joined') return;
    this.#context.dispatcher.leave(state.number);
    this.#context.desk.left(state.number);
  }

  /** Tells the node why, and closes. */
  end(closeCode: number, code: string, message: string): void {
    if (this.#state.name === 'closed') return;
    this.#send({ type: 'error', code, message });
    this.#close(closeCode, code);
  }

  /** The coordinator goes down in order. */
  bye(): void {
    if (this.#state.name === 'closed') return;
    this.#send({ type: 'bye', retryAfterMs: BYE_RETRY_MS });
    this.#close(CloseCode.goingAway, 'going down');
  }

  #take(frame: NodeFrame): void {
    switch (this.#state.name) {
      case 'greeting':
        if (frame.type === 'hello') this.#greet(frame);
        else throw outOfPlace(frame.type, 'hello');
        break;
      case 'proving':
        if (frame.type === 'join') this.#prove(frame, this.#state);
        else throw outOfPlace(frame.type, 'join');
        break;
      case 'joined':
        this.#serve(frame, this.#state);
        break;
    }
  }

  #greet(hello: Extract<NodeFrame, { type: 'hello' }>): void {
    let version: number;
    try {
      version = selectVersion(hello.versions);
    } catch (thrown) {
      const { code, message } = toErrorBody(thrown);
      this.end(CloseCode.versionMismatch, code, message);
      return;
    }
    const challenge = randomBytes(CHALLENGE_BYTES);
    this.#state = {
      name: 'proving',
      key: toHex(hello.node),
      nodeKey: new NodeKey(hello.node),
      agent: hello.agent,
      challenge,
    };
    this.#send({ type: 'welcome', version, challenge });
  }

  #prove(
    join: Extract<NodeFrame, { type: 'join' }>,
    { key, nodeKey, agent, challenge }: Extract<State, { name: 'proving' }>,
  ): void {
    if (!nodeKey.signed(joinMessage(challenge), join.signature)) {
      this.end(
        CloseCode.notProven,
        'KEY_NOT_PROVEN',
        'The challenge was not signed by the key that this node goes by.',
      );
      return;
    }
    this.#context.claimKey(key, this);
    const { dispatcher, tickets, desk } = this.#context;
    const send = (frame: CoordinatorFrame) => this.#send(frame);
    const node = new JoinedNode({
      key,
      nodeKey,
      dispatcher,
      tickets,
      now: this.#context.now,
      send,
      leased: (job) => desk.leased(number, job),
    });
    const number = dispatcher.join(node, {
      key,
      agent,
      network: this.#network,
      kinds: join.kinds,
      threads: join.threads,
      memoryMiB: join.memoryMiB,
      projects: join.projects ?? null,
    });
    desk.joined({ number, key, network: this.#network, send });
    this.#provenKey = key;
    this.#state = { name: 'joined', number, node };
  }

  #serve(frame: NodeFrame, { number, node }: Joined): void {
    switch (frame.type) {
      case 'want':
        this.#context.dispatcher.want(number, frame.threads, frame.milliseconds);
        break;
      case 'submit':
        if (!node.submit(number, frame)) this.#countFault();
        break;
      case 'renounce':
        this.#context.dispatcher.renounce(number, node.open(frame.tickets));
        break;
      case 'resume':
        this.#context.dispatcher.resume(number, node.open(frame.tickets));
        break;
      case 'hand-over':
        if (!node.handOver(number, frame)) this.#countFault();
        break;
      case 'enter':
      case 'seek':
      case 'hold':
      case 'unhold':
      case 'accuse':
      case 'traffic':
      case 'parting':
        this.#context.desk.receive(number, frame);
        break;
      case 'heartbeat':
        break;
      case 'leave':
        this.#close(CloseCode.left, 'left');
        break;
      case 'hello':
      case 'join':
        throw outOfPlace(frame.type, 'work');
    }
  }

  #fault(thrown: unknown): void {
    const { code, message } = toErrorBody(thrown);
    this.#send({ type: 'error', code, message });
    this.#countFault();
    if (!(thrown instanceof ManyhandsError)) throw thrown;
  }

  #countFault(): void {
    this.#context.dispatcher.meter.faults++;
    if (this.#faults.spend(this.#context.now())) return;
    this.end(
      CloseCode.tooManyFaults,
      'TOO_MANY_FAULTS',
      'Too much of what this node sent could not be used. Update it before it connects again.',
    );
  }

  #send(frame: CoordinatorFrame): void {
    if (this.#state.name === 'closed') return;
    if (this.#wire.unsent > MAX_UNSENT_BYTES) {
      this.#close(CloseCode.notReading, 'NODE_NOT_READING');
      return;
    }
    this.#wire.send(encodeFrame(frame));
  }

  #close(code: number, reason: string): void {
    this.gone();
    this.#wire.close(code, reason);
  }
}

function outOfPlace(got: string, expected: string): ManyhandsError {
  return new ManyhandsError(
    'FRAME_OUT_OF_PLACE',
    `A ${got} frame does not belong here; ${expected} is what comes next.`,
    { got, expected },
  );
}
