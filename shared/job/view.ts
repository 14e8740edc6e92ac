import * as z from 'zod/mini';
import { BlobRef } from '../blob/ref.ts';
import { MAX_VIEW_BLOBS } from './limits.ts';
import { BlobId, Collect, GivenFile, Inputs, Limits, Program } from './spec.ts';

/** Where a file-backed job's shards begin: see `slices.ts` beside this file for the blob's layout. */
export const InputIndex = z.strictObject({
  /** The index blob. */
  blob: BlobId,
  /** Length of the indexed file in bytes. */
  fileBytes: z.int().check(z.nonnegative()),
});
export type InputIndex = z.infer<typeof InputIndex>;

/**
 * A job as a node sees it: all that is needed to run any of its shards, and what a contributor is
 * told about it. Tokens, prices and other nodes are not in it.
 */
export const JobView = z.strictObject({
  id: z.string().check(z.maxLength(64)),
  name: z.string().check(z.maxLength(200)),
  /** For whom: the project's name. */
  project: z.string().check(z.maxLength(200)),
  shards: z.int().check(z.positive()),
  program: Program,
  /** Bytes of the program's blob, for progress. */
  programBytes: z.int().check(z.nonnegative()),
  inputs: Inputs,
  /** Present for `lines`, `chunks` and `parts`. */
  index: z.optional(InputIndex),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  stdin: z.optional(z.string()),
  files: z.array(GivenFile),
  collect: Collect,
  limits: Limits,
  /** Large blobs of the job, worth fetching from peers; all others come from the coordinator. */
  blobs: z.array(BlobRef).check(z.maxLength(MAX_VIEW_BLOBS)),
  /** The stage before this one: what its shards are given is sought, and was kept, under that job. */
  previous: z.optional(z.string().check(z.maxLength(64))),
  /** Output fields from this length on stay on the node: shorter ones where a later stage takes them. */
  referredFromBytes: z.int().check(z.nonnegative()),
});
export type JobView = z.infer<typeof JobView>;
