import { expose } from 'comlink';
import { ManyhandsError } from '../../shared/errors.ts';
import { indexBuilder, type SlicedInputs } from '../../shared/job/index-builder.ts';

/** The index of a file, or why there is none. */
export type IndexOutcome =
  | { ok: true; index: Uint8Array<ArrayBuffer> }
  | { ok: false; message: string };

/** What the page calls in this worker. */
export interface Indexer {
  /** Reads a file from end to end; `onRead` is told the bytes that have been read. */
  index(file: File, inputs: SlicedInputs, onRead: (bytes: number) => void): Promise<IndexOutcome>;
}

const indexer: Indexer = {
  async index(file, inputs, onRead) {
    const builder = indexBuilder(inputs);
    let read = 0;
    let told = performance.now();
    try {
      for await (const piece of pieces(file)) {
        builder.push(piece);
        read += piece.length;
        if (performance.now() - told < 100) continue;
        told = performance.now();
        onRead(read);
      }
      return { ok: true, index: builder.finish() };
    } catch (thrown) {
      if (thrown instanceof ManyhandsError) return { ok: false, message: thrown.message };
      throw thrown;
    }
  },
};

async function* pieces(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

expose(indexer);
