import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { utf8 } from '../../../shared/bytes.ts';
import { ManyhandsError } from '../../../shared/errors.ts';
import { Outcome } from '../../../shared/verdict/outcome.ts';
import { decodeOutput } from '../../../shared/verdict/output.ts';
import type { RowContext, Verdict } from './row.ts';

/** A zip archive without 64-bit extensions holds 65,535 entries; the last names what comes next. */
const MAX_ENTRIES = 65_000;
/** ... and 4 GiB, of which the directory at the end needs some. */
const MAX_BYTES = 3.5 * 1024 ** 3;
/** What this short does not shrink. */
const WORTH_DEFLATING = 256;
/** Some milliseconds of deflating. */
const SLICE_BYTES = 128 * 1024;

/**
 * An archive of a job's results: a folder a shard, with stdout, stderr, value.json and its files in
 * it. Failed shards have a failure.txt. What does not fit is left for another archive: the last
 * entry, CONTINUE.txt, says with which `?after=` it begins.
 */
export async function* zipPieces(
  pages: AsyncIterable<Iterable<Verdict>>,
  { spec, shards }: Pick<RowContext, 'spec'> & { shards: number },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const digits = String(shards - 1).length;
  const collected = new Set(spec.collect?.files);
  let pieces: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, piece) => {
    failure ??= error;
    if (piece) pieces.push(piece);
  });
  let entries = 0;
  let bytes = 0;
  let cursor: string | null = null;

  const take = function* () {
    if (failure) throw failure;
    for (const piece of pieces) yield piece as Uint8Array<ArrayBuffer>;
    pieces = [];
  };

  for await (const page of pages) {
    for (const verdict of page) {
      const files = filesOf(verdict, collected);
      const size = files.reduce((sum, { content }) => sum + content.length, 0);
      if (entries + files.length > MAX_ENTRIES || bytes + size > MAX_BYTES) {
        const link = utf8(`results.zip?after=${cursor ?? ''}\n`);
        for (const _ of addEntry(zip, 'CONTINUE.txt', link)) yield* take();
        zip.end();
        yield* take();
        return;
      }
      const folder = `shard-${String(verdict.shard).padStart(digits, '0')}`;
      for (const { name, content } of files)
        for (const _ of addEntry(zip, `${folder}/${name}`, content)) yield* take();
      entries += files.length;
      bytes += size;
      cursor = verdict.cursor;
    }
  }
  zip.end();
  yield* take();
}

interface ShardFile {
  name: string;
  content: Uint8Array;
}

function filesOf(verdict: Verdict, collected: ReadonlySet<string>): ShardFile[] {
  if (verdict.status !== Outcome.ok)
    return [{ name: 'failure.txt', content: utf8(`${verdict.message}\n\n${verdict.stderr}`) }];
  try {
    const output = decodeOutput(verdict.output);
    const files: ShardFile[] = [];
    if (output.stdout) files.push({ name: 'stdout', content: output.stdout });
    if (output.stderr) files.push({ name: 'stderr', content: output.stderr });
    if (output.value !== undefined) files.push({ name: 'value.json', content: utf8(output.value) });
    // Only paths that the job itself names: a node could have made up one that leads elsewhere.
    for (const { path, bytes } of output.files ?? [])
      if (collected.has(path)) files.push({ name: `files${path}`, content: bytes });
    for (const { field, path, blob } of output.referred ?? [])
      if (field !== 'file' || collected.has(path))
        files.push({
          name: `${field === 'file' ? `files${path}` : field}.on-nodes.txt`,
          content: utf8(
            `These ${blob.bytes} bytes were still on the nodes that computed them, and none delivered them in time. Fetch them later: /v1/blobs/${blob.id}\n`,
          ),
        });
    return files;
  } catch (error) {
    if (!(error instanceof ManyhandsError)) throw error;
    return [{ name: 'failure.txt', content: utf8(error.message) }];
  }
}

/** Adds a file slice by slice, so that nobody else waits while a large one is deflated. */
function* addEntry(zip: Zip, name: string, content: Uint8Array): Generator<void> {
  const isShort = content.length < WORTH_DEFLATING;
  const entry = isShort ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 });
  zip.add(entry);
  for (let at = 0; ; at += SLICE_BYTES) {
    const isLast = at + SLICE_BYTES >= content.length;
    entry.push(content.subarray(at, at + SLICE_BYTES), isLast);
    yield;
    if (isLast) return;
  }
}
