import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { WebSocket } from 'ws';
import { generateNodeKeys } from '../../shared/identity/keys.ts';
import { joinMessage, submissionMessage } from '../../shared/identity/messages.ts';
import { decodeCoordinatorFrame, encodeFrame } from '../../shared/protocol/codec.ts';
import type { CoordinatorFrame, NodeFrame } from '../../shared/protocol/frames.ts';
import { HEARTBEAT_MS, PROTOCOL_VERSIONS } from '../../shared/protocol/limits.ts';
import { answerColumns } from './columns.ts';

/** How a load node answers. */
export interface LoadStyle {
  /** Shards of one submission at most; the whole lease where that is less. */
  perSubmission: number;
  /** Computing time that it claims for a shard, in microseconds. */
  shardMicros: number;
  /** Computing time that it wants to have ahead, in milliseconds. */
  wantMs: number;
}

type Lease = Extract<CoordinatorFrame, { type: 'lease' }>;

/** Connects a node that answers every lease at once, rightly, over the real wire. */
export async function startLoadNode(url: string, style: LoadStyle): Promise<void> {
  const keys = await generateNodeKeys(true);
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const send = (frame: NodeFrame) => socket.send(encodeFrame(frame));
  const want = () => send({ type: 'want', threads: 8, milliseconds: style.wantMs });

  socket.on('open', () => {
    send({ type: 'hello', versions: [...PROTOCOL_VERSIONS], node: keys.publicKey, agent: 'bench' });
    setInterval(() => send({ type: 'heartbeat' }), HEARTBEAT_MS);
  });
  socket.on('message', (data: Buffer) => {
    const frame = decodeCoordinatorFrame(data);
    if (frame.type === 'welcome')
      send({
        type: 'join',
        signature: new Uint8Array(sign(null, joinMessage(frame.challenge), privateKey)),
        kinds: ['javascript', 'wasi'],
        threads: 8,
        memoryMiB: 4096,
      });
    else if (frame.type === 'joined') want();
    else if (frame.type === 'lease') {
      for (const submission of submissions(frame, style, privateKey)) send(submission);
      want();
    } else if (frame.type === 'refuse' || frame.type === 'error')
      console.error(`${frame.code}: ${frame.message}`);
  });
}

function* submissions(
  { ticket, first, count }: Lease,
  { perSubmission, shardMicros }: LoadStyle,
  privateKey: KeyObject,
): Generator<NodeFrame> {
  for (let at = first; at < first + count; at += perSubmission) {
    const part = Math.min(perSubmission, first + count - at);
    const columns = { ticket, first: at, count: part, ...answerColumns(at, part) };
    yield {
      type: 'submit',
      ...columns,
      details: [],
      computeMicros: part * shardMicros,
      signature: new Uint8Array(sign(null, submissionMessage(columns), privateKey)),
    };
  }
}
