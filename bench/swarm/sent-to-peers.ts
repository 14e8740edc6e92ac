import type { BrowserContext, Page } from '@playwright/test';

declare global {
  /** Bytes that left this page over data channels. */
  var bytesToPeers: number;
}

/** Longer messages than this are chunks on their way. */
const CHUNK_MESSAGE_BYTES = 8 * 1024;

/**
 * Counts in the page, below everything of ours, what it sends to peers; `spoil`: and changes a byte
 * of each chunk, as a node would that serves wrong bytes.
 */
export async function watchSending(context: BrowserContext, spoil: boolean): Promise<void> {
  await context.addInitScript(
    ([spoiled, chunkBytes]) => {
      globalThis.bytesToPeers = 0;
      if (typeof RTCDataChannel === 'undefined') return;
      const send: (data: ArrayBufferView<ArrayBuffer>) => void = RTCDataChannel.prototype.send;
      RTCDataChannel.prototype.send = function (data: unknown) {
        const bytes =
          data instanceof ArrayBuffer
            ? new Uint8Array(data)
            : ArrayBuffer.isView(data)
              ? new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
              : null;
        if (bytes === null) {
          send.call(this, data as never);
          return;
        }
        globalThis.bytesToPeers += bytes.length;
        const sent = spoiled && bytes.length >= chunkBytes ? bytes.slice() : bytes;
        if (sent !== bytes) sent[sent.length >> 1] ^= 1;
        send.call(this, sent);
      };
    },
    [spoil, CHUNK_MESSAGE_BYTES] as const,
  );
}

/** Bytes that the page has sent to peers so far. */
export function sentToPeers(page: Page): Promise<number> {
  return page.evaluate(() => globalThis.bytesToPeers);
}
