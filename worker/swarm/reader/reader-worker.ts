import { expose, transfer } from 'comlink';
import type { BlobRef } from '../../../shared/blob/ref.ts';
import { PageLinks } from '../peers/page-links.ts';
import { SwarmReader } from './reader.ts';

/** The start of the dedicated worker that reads outputs for a requester's page. */

let reader: SwarmReader | null = null;

const api = {
  /** @param links opens connections to peers in the page and gives the port to them */
  open(base: string, links: () => Promise<MessagePort>): void {
    reader = new SwarmReader({ base, createLinks: (events) => new PageLinks(links, events) });
  },
  setPass(job: string, pass: Uint8Array<ArrayBuffer>): void {
    reader?.setPass(job, pass);
  },
  async read(job: string, ref: BlobRef): Promise<Uint8Array<ArrayBuffer> | null> {
    // A copy of its own: the reader holds what it has read.
    const bytes = (await reader?.read(job, ref))?.slice();
    return bytes ? transfer(bytes, [bytes.buffer]) : null;
  },
  fromPeers: () => reader?.fromPeers ?? 0,
};

export type ReaderApi = typeof api;

expose(api);
