import {
  DownloadKey,
  Job,
  JobList,
  JobState,
  Mosaic,
  RetryRequest,
  RetryResponse,
  ShardDetail,
  SwarmPass,
} from '../../shared/api/schemas.ts';
import { toBase64 } from '../../shared/bytes.ts';
import { ManyhandsError } from '../../shared/errors.ts';
import { JobSpec } from '../../shared/job/spec.ts';
import type { JobRow } from '../store/store.ts';
import { createPass } from '../swarm/desk/passes.ts';
import { createDownloadKey } from './download-key.ts';
import { requireJob } from './job-access.ts';
import { toJobBody } from './job-body.ts';
import { postJob } from './posting/post-job.ts';
import { POSTING_ERRORS } from './posting/posting-errors.ts';
import { queryInteger } from './query.ts';
import { bodyRoute, type Call, type Route } from './route.ts';
import type { Services } from './services.ts';
import { shardDetail } from './shard-detail.ts';

/** Jobs of one page of a list; each carries its whole spec. */
const MAX_LISTED = 50;
/** More cells than a screen has room for. */
const MAX_CELLS = 16_384;
const MAX_KEY_CHARS = 200;

/** Routes for posting, watching and steering jobs. */
export function jobRoutes(services: Services): Route[] {
  const { store, dispatcher, stages, now } = services;
  const body = (row: JobRow) => toJobBody(row, services);
  const job = (call: Call) => requireJob(call, store);
  /** The job as it is after a change. */
  const reread = async (row: JobRow) => body((await store.job(row.id)) ?? row);
  return [
    bodyRoute({
      method: 'post',
      path: '/v1/jobs',
      summary: 'Post a job; an Idempotency-Key header makes it safe to repeat',
      access: 'requester',
      request: JobSpec,
      response: { status: 201, description: 'The job, running', body: Job },
      errors: POSTING_ERRORS,
      handle: async (call) => {
        const row = await postJob(call.body, requesterOf(call), idempotencyKey(call), services);
        return Response.json(await body(row), {
          status: 201,
          headers: { Location: `/v1/jobs/${row.id}` },
        });
      },
    }),
    {
      method: 'get',
      path: '/v1/jobs',
      summary:
        'Jobs of this requester, the newest first; all jobs for an administrator. ' +
        'A job in stages is there once, as its first stage, and its state is that of the whole',
      access: 'requester',
      query: [
        { name: 'state', type: 'string', description: 'only jobs in this state' },
        { name: 'limit', type: 'integer', description: `at most ${MAX_LISTED}` },
        { name: 'before', type: 'string', description: 'id of the last job of the page before' },
      ],
      response: { status: 200, description: 'A page of jobs', body: JobList },
      errors: ['JOB_NOT_FOUND'],
      handle: async (call) => {
        const { number, admin } = requesterOf(call);
        const rows = await store.jobs({
          requester: admin ? null : number,
          state: queryState(call),
          folded: true,
          limit: queryInteger(call, 'limit', {
            minimum: 1,
            maximum: MAX_LISTED,
            fallback: MAX_LISTED,
          }),
          before: await beforeNumber(call, services),
        });
        return Response.json({ jobs: await Promise.all(rows.map(body)) });
      },
    },
    {
      method: 'get',
      path: '/v1/jobs/:id',
      summary: 'One job',
      access: 'job',
      response: { status: 200, description: 'The job', body: Job },
      errors: ['JOB_NOT_FOUND'],
      handle: async (call) => Response.json(await body(await job(call))),
    },
    {
      method: 'post',
      path: '/v1/jobs/:id/cancel',
      summary:
        'Stop a job and the stages behind it; results so far stay. Has no effect on what has ended',
      access: 'job',
      response: { status: 200, description: 'The job', body: Job },
      errors: ['JOB_NOT_FOUND'],
      handle: async (call) => {
        const row = await job(call);
        await stages.cancel(row);
        return Response.json(await reread(row));
      },
    },
    bodyRoute({
      method: 'post',
      path: '/v1/jobs/:id/retry',
      summary: 'Run failed shards again: those named, or all of them',
      access: 'job',
      request: RetryRequest,
      response: { status: 200, description: 'How many there were', body: RetryResponse },
      errors: ['JOB_NOT_FOUND', 'SHARD_NOT_FOUND', 'JOB_ENDED'],
      handle: async (call) => {
        const row = await job(call);
        checkRetry(row, call.body.shards ?? []);
        const retried = await dispatcher.retryShards(row, call.body.shards ?? 'all');
        return Response.json({ retried });
      },
    }),
    {
      method: 'get',
      path: '/v1/jobs/:id/mosaic',
      summary: 'Shards by state, in equal ranges',
      access: 'job',
      query: [{ name: 'cells', type: 'integer', description: `ranges, at most ${MAX_CELLS}` }],
      response: { status: 200, description: 'Counts of each range', body: Mosaic },
      errors: ['JOB_NOT_FOUND'],
      handle: async (call) => {
        const bounds = { minimum: 1, maximum: MAX_CELLS, fallback: 1024 };
        const cells = queryInteger(call, 'cells', bounds);
        return Response.json(await dispatcher.mosaic(await job(call), cells));
      },
    },
    {
      method: 'get',
      path: '/v1/jobs/:id/shards/:shard',
      summary: 'How one verdict came about: its replicas, their nodes, digests and signatures',
      access: 'job',
      response: { status: 200, description: 'The shard', body: ShardDetail },
      errors: ['JOB_NOT_FOUND', 'SHARD_NOT_FOUND'],
      handle: async (call) => {
        const row = await job(call);
        const shard = Number(/^\d{1,16}$/.exec(call.parameter('shard'))?.[0]);
        if (!(shard < row.shards)) throw shardNotFound(row);
        return Response.json(await shardDetail(row, shard, store));
      },
    },
    {
      method: 'post',
      path: '/v1/jobs/:id/download-key',
      summary: 'A key for plain download links to this job, valid for some minutes',
      access: 'job',
      response: { status: 201, description: 'The key, for ?key=', body: DownloadKey },
      errors: ['JOB_NOT_FOUND'],
      handle: async (call) => {
        const row = await job(call);
        return Response.json(createDownloadKey(store.secret, row.id, now()), { status: 201 });
      },
    },
    {
      method: 'post',
      path: '/v1/jobs/:id/swarm-pass',
      summary:
        "Leave for a page to fetch this job's large outputs straight from nodes, for an hour",
      access: 'job',
      response: { status: 201, description: 'The pass, for `seek` frames', body: SwarmPass },
      errors: ['JOB_NOT_FOUND'],
      handle: async (call) => {
        const row = await job(call);
        const { pass, expiresAt } = createPass(store.secret, row.id, now());
        const body: SwarmPass = { pass: toBase64(pass), expiresAt };
        return Response.json(body, { status: 201 });
      },
    },
  ];
}

function requesterOf({ requester }: Call) {
  if (!requester) throw new TypeError('a route that needs a requester was called without one');
  return requester;
}

function idempotencyKey({ context }: Call): string | null {
  const key = context.req.header('Idempotency-Key');
  if (key === undefined) return null;
  if (key.length >= 1 && key.length <= MAX_KEY_CHARS) return key;
  throw new ManyhandsError(
    'IDEMPOTENCY_KEY_MALFORMED',
    `An idempotency key has 1 to ${MAX_KEY_CHARS} characters. A random UUID is a good one.`,
  );
}

function queryState(call: Call): JobRow['state'] | undefined {
  const text = call.query('state');
  if (text === undefined) return undefined;
  const parsed = JobState.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new ManyhandsError(
    'REQUEST_INVALID',
    '?state= must be waiting, running, done, cancelled or expired.',
    { path: 'state' },
  );
}

async function beforeNumber(call: Call, { store }: Services): Promise<number | undefined> {
  const id = call.query('before');
  if (id === undefined) return undefined;
  return (await requireJob(call, store, id)).number;
}

function checkRetry(row: JobRow, shards: readonly number[]): void {
  for (const shard of shards) if (shard >= row.shards) throw shardNotFound(row);
  if (row.state === 'cancelled' || row.state === 'expired')
    throw new ManyhandsError(
      'JOB_ENDED',
      `This job was ${row.state === 'cancelled' ? 'cancelled' : 'ended by its deadline'}, so nothing of it runs again. Post it anew.`,
      { state: row.state },
    );
}

function shardNotFound(row: JobRow): ManyhandsError {
  return new ManyhandsError(
    'SHARD_NOT_FOUND',
    `The shards of this job are numbered from 0 to ${row.shards - 1}.`,
    { path: 'shard', shards: row.shards },
  );
}
