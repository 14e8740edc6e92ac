import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { describeBlob } from '../../shared/blob/manifest.ts';
import { fromUtf8, utf8 } from '../../shared/bytes.ts';
import { indexBuilder } from '../../shared/job/index-builder.ts';
import { encodePartsIndex } from '../../shared/job/parts-index.ts';
import type { Slices } from '../../shared/job/slices.ts';
import type { Blobs } from '../swarm/blobs.ts';
import { contentSource } from './content.ts';
import { exampleJob } from './core/test-jobs.ts';

function blobsOf(files: readonly Uint8Array<ArrayBuffer>[]): { blobs: Blobs; ids: string[] } {
  const ids = files.map((file) => createHash('sha256').update(file).digest('hex'));
  const find = (id: string) => files[ids.indexOf(id)];
  const blobs: Pick<Blobs, 'whole' | 'part'> = {
    whole: async (id) => find(id),
    part: async (id, start, end) => find(id).slice(start, end),
  };
  return { blobs: blobs as Blobs, ids };
}

function texts(slices: Slices | undefined): string[] {
  if (!slices) return [];
  const { bytes, starts } = slices;
  return [...starts.slice(1)].map((end, k) => fromUtf8(bytes.subarray(starts[k], end)));
}

test('ENG-43 a range has no content of its own', async () => {
  expect(await contentSource(exampleJob('a'), blobsOf([]).blobs)).toBeNull();
});

test('ENG-43 lines come out of their file by its index', async () => {
  const file = utf8('one\ntwo\nthree\nfour\n');
  const inputs = { kind: 'lines', file: '', perShard: 1 } as const;
  const builder = indexBuilder(inputs);
  builder.push(file);
  const { blobs, ids } = blobsOf([file, builder.finish()]);
  const job = exampleJob('lines', {
    inputs: { ...inputs, file: ids[0] },
    index: { blob: ids[1], fileBytes: file.length },
    shards: 4,
  });
  const content = await contentSource(job, blobs);
  expect(texts(await content?.(1, 2))).toEqual(['two\n', 'three\n']);
  await expect(contentSource({ ...job, shards: 5 }, blobs)).rejects.toMatchObject({
    code: 'INDEX_MALFORMED',
  });
});

test('ENG-43 files are joined in their order', async () => {
  const { blobs, ids } = blobsOf([utf8('first'), utf8('second'), utf8('third')]);
  const files = ids.map((blob, k) => ({ name: `${k}`, blob }));
  const content = await contentSource(
    exampleJob('files', { inputs: { kind: 'files', files }, shards: 3 }),
    blobs,
  );
  expect(texts(await content?.(1, 2))).toEqual(['second', 'third']);
});

test('STG-19 a stage is given its parts one after the other, each fetched once and few at a time', async () => {
  const refs = ['a', 'bb', 'ccc', 'dddd'].map((text) => describeBlob(utf8(text)).ref);
  const byId = new Map(refs.map(({ id }, k) => [id, utf8(['a', 'bb', 'ccc', 'dddd'][k])]));
  const [a, b, c, d] = refs;
  const many = Array.from({ length: 50 }, (_, k) => describeBlob(utf8(`part ${k}`)).ref);
  many.forEach(({ id }, k) => {
    byId.set(id, utf8(`part ${k}`));
  });
  const index = encodePartsIndex([[d], [a, b, a], [], [c], many]);
  const { blobs, ids } = blobsOf([index]);
  const asked: string[] = [];
  let open = 0;
  let most = 0;
  blobs.referred = async (job, { id }) => {
    asked.push(`${job} ${id}`);
    most = Math.max(most, ++open);
    await Promise.resolve();
    open--;
    return byId.get(id) as Uint8Array<ArrayBuffer>;
  };
  const job = exampleJob('stage', {
    inputs: { kind: 'parts', shards: 5 },
    index: { blob: ids[0], fileBytes: index.length },
    shards: 5,
  });
  const content = await contentSource(job, blobs);
  expect(texts(await content?.(1, 3))).toEqual(['abba', '', 'ccc']);
  expect(asked).toEqual([`stage ${a.id}`, `stage ${b.id}`, `stage ${c.id}`]);
  expect(texts(await content?.(4, 1))[0]).toMatch(/^part 0part 1.*part 49$/);
  expect(most).toBeLessThanOrEqual(8);
  await expect(contentSource({ ...job, shards: 4 }, blobs)).rejects.toMatchObject({
    code: 'INDEX_MALFORMED',
  });
});

test('SWM-82 what a stage takes is sought under the job that made it', async () => {
  const { ref } = describeBlob(utf8('made before'));
  const index = encodePartsIndex([[ref]]);
  const { blobs, ids } = blobsOf([index]);
  const asked: string[] = [];
  blobs.referred = async (job) => {
    asked.push(job);
    return utf8('made before');
  };
  const job = exampleJob('reduce', {
    inputs: { kind: 'parts', shards: 1 },
    index: { blob: ids[0], fileBytes: index.length },
    shards: 1,
    previous: 'map',
  });
  const content = await contentSource(job, blobs);
  expect(texts(await content?.(0, 1))).toEqual(['made before']);
  expect(asked).toEqual(['map']);
});
