import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { BlobId, JobSpec } from '../../shared/job/spec.ts';
import { GENERAL_PROJECT, type PostingParts, postJob } from '../api/posting/post-job.ts';
import type { RequesterRow, Store } from '../store/store.ts';
import { createToken, tokenHash } from './tokens.ts';

/** Project of the job that is there from the first start on. */
const SAMPLE_PROJECT = {
  id: 'collatz',
  name: 'Longest Collatz chains',
  purpose:
    'Halve even numbers, take odd ones times three plus one: does every number come down to 1? ' +
    'This looks for the numbers up to 10 billion that take the longest.',
} as const;

/**
 * The program's own job ends within a minute; this one gives a first crowd something to do for
 * some hours. The longest chain below 10^10 starts at 9,780,657,630 and has 1,132 steps.
 */
export const DEFAULT_SAMPLE_JOB = {
  name: 'Longest Collatz chains up to 10 billion',
  inputs: { kind: 'range', from: 1, to: 10_000_000_000, step: 1_000_000 },
  args: ['--from', '{i}', '--count', '1000000'],
} satisfies Partial<JobSpec>;

/** Below everything that a requester posts, so that it only fills the time in between. */
const SAMPLE_PRIORITY = -10;
/** The sample is posted once, even if the first start was interrupted behind it. */
const SAMPLE_KEY = 'sample job of the first start';

/** What `scripts/build-apps.ts` leaves in `app.json`. */
const BuiltApp = z.object({
  spec: JobSpec,
  /** File of each blob that the spec names, beside `app.json`. */
  blobs: z.record(BlobId, z.string().check(z.regex(/^[^/\\]+$/, 'must be a file name'))),
});

/** A requester with the token that is shown this once. */
export interface IssuedToken {
  requester: RequesterRow;
  token: string;
}

/** Makes a requester with a new token. */
export async function issueToken(
  store: Store,
  name: string,
  { admin = false, token = createToken() } = {},
): Promise<IssuedToken> {
  const requester = await store.addRequester({ name, tokenHash: tokenHash(token), admin });
  return { requester, token };
}

/**
 * The administrator of the first start, or null where there are requesters already. A token of the
 * operator's own choice becomes an administrator's at any start at which it is new.
 */
export async function ensureAdministrator(
  store: Store,
  chosen: string | undefined,
): Promise<IssuedToken | null> {
  if (chosen !== undefined) {
    const known = await store.requesterByTokenHash(tokenHash(chosen));
    return known ? null : issueToken(store, 'administrator', { admin: true, token: chosen });
  }
  if ((await store.countRequesters()) > 0) return null;
  return issueToken(store, 'administrator', { admin: true });
}

/** The projects that are always there. */
export async function ensureProjects(store: Store): Promise<void> {
  const known = new Set((await store.projects()).map(({ id }) => id));
  if (!known.has(GENERAL_PROJECT.id)) await store.putProject(GENERAL_PROJECT);
}

/**
 * Posts the sample program in a folder as a real job, so that whoever opens the page first has
 * something to compute. `changes` win over the job that comes with the program.
 */
export async function postSample(
  folder: string,
  owner: RequesterRow,
  parts: PostingParts,
  changes: Partial<JobSpec> = {},
): Promise<void> {
  const { spec, blobs } = BuiltApp.parse(
    JSON.parse(await readFile(join(folder, 'app.json'), 'utf8')),
  );
  for (const [id, file] of Object.entries(blobs))
    await parts.blobs.receive(createReadStream(join(folder, file)), { expected: id });
  await parts.store.putProject(SAMPLE_PROJECT);
  await postJob(
    {
      ...spec,
      ...changes,
      project: SAMPLE_PROJECT.id,
      priority: SAMPLE_PRIORITY,
    },
    owner,
    SAMPLE_KEY,
    parts,
  );
}
