import type { OutcomeName } from '../../../shared/verdict/outcome.ts';
import { countOf, formatCount } from '../format.ts';

const shards = (count: number) => countOf(count, 'shard', 'shards');

/** Words of a job's own page. */
export const job = {
  progress: 'Progress',
  back: 'All jobs',
  posted: 'Posted',
  missing: 'There is no such job, or it belongs to someone else.',
  stale: 'No news from the coordinator since',
  staleHelp: 'What you see may be out of date. The page tries again by itself.',
  stalled: {
    'no-nodes': 'Waiting: nobody is there to compute. It goes on by itself when somebody comes.',
    'no-nodes-for-kind':
      'Waiting: nobody who is there can run this kind of program with this much memory.',
    'needs-more-nodes':
      'Waiting for more volunteers: those who are there have given their answers, and others must confirm them.',
    'needs-more-networks':
      'Waiting for volunteers on other networks: those who are there share one, and this job asks for distinct ones.',
  },

  stages: {
    heading: 'Stages of this job',
    place: (number: number, of: number) => `Stage ${formatCount(number)} of ${formatCount(of)}`,
    name: (number: number, name: string) => `${formatCount(number)}.\u00a0${name}`,
    results: 'The results of the whole job are those of its last stage:',
  },

  facts: {
    done: 'Done',
    rate: 'Rate',
    left: 'Time left',
    took: 'Took',
    nodes: 'Nodes at work',
    failed: 'Failed',
    compute: 'Computing time',
    computeHelp: 'of all accepted replicas',
    leftUnknown: 'not known yet',
    atThisRate: 'at this rate',
    perSecond: 'shards a second',
    perMinute: 'shards a minute',
    of: (all: number) => `of ${shards(all)}`,
  },

  cancel: {
    button: 'Cancel job',
    title: 'Cancel this job?',
    body: (done: number, rest: number) =>
      `${shards(done)} with a result stay readable. ${shards(rest)} will not be computed. A cancelled job cannot go on.`,
    confirm: 'Cancel the job',
    keep: 'Let it run',
  },

  mosaic: {
    title: 'Shards',
    states: { waiting: 'Waiting', active: 'Active', done: 'Done', failed: 'Failed' },
    perCell: (count: number) => `One tile is ${shards(count)}.`,
    help: 'Arrow keys move from tile to tile, Enter opens the shard.',
    label: (first: number, last: number) =>
      first === last
        ? `Shard ${formatCount(first)}`
        : `Shards ${formatCount(first)} to ${formatCount(last)}`,
    summary: 'Shards by state',
  },

  tabs: { results: 'Results', failures: 'Failures', picture: 'Picture', chart: 'Chart' },
  sections: 'What came of it',

  results: {
    none: 'No results yet. They arrive here as shards are decided.',
    shard: 'Shard',
    status: 'Status',
    confidence: 'Confidence',
    agreed: 'Agreed',
    stdout: 'Standard output',
    stderr: 'Standard error',
    exitCode: 'Exit code',
    value: 'Value',
    files: 'Files',
    failure: 'Failure',
    ok: 'ok',
    more: 'Next page',
    first: 'First page',
    newer: 'Show what came since',
    page: (from: number, to: number) => `Rows ${formatCount(from)} to ${formatCount(to)}`,
    file: (path: string, size: string) => `${path}, ${size}`,
    downloadPart: (what: string) => `Download ${what}`,
    direct: 'Fetch large outputs straight from the browsers that computed them',
    directHelp:
      'Those browsers then see your network address. Otherwise they hand them to the coordinator, and you get them from there.',
    download: 'Download',
    downloads: { results: 'NDJSON', 'results.csv': 'CSV', 'results.zip': 'Zip of files' },
    downloading: 'Preparing…',
    open: (shard: number) => `Open shard ${formatCount(shard)}`,
  },

  failures: {
    none: 'Nothing has failed.',
    outcome: 'What happened',
    stderr: 'Standard error, the end of it',
    retry: 'Retry',
    retryShard: (shard: number) => `Retry shard ${formatCount(shard)}`,
    retryAll: (count: number) => `Retry all ${formatCount(count)}`,
    retried: (count: number) => `${shards(count)} will be tried again.`,
    more: 'Show more',
  },

  outcomes: {
    ok: 'it succeeded',
    trap: 'the program trapped',
    exit: 'it ended with a non-zero exit code',
    exception: 'the function threw an exception',
    outputLimit: 'more output than allowed',
    invalidProgram: 'the program cannot be started',
    timeLimit: 'the time limit was reached',
    memoryLimit: 'the memory limit was reached',
    crashed: 'the sandbox died under it',
  } satisfies Record<OutcomeName, string>,
  /** Outcomes that stand for no single run. */
  gaveUp: 'attempts ran out',

  shard: {
    title: (shard: number) => `Shard ${formatCount(shard)}`,
    state: 'State',
    replicas: 'Replicas',
    none: 'Nobody has computed it yet.',
    node: 'Node',
    outcome: 'Outcome',
    at: 'Handed in',
    digest: 'Digest',
    signature: 'Signature',
    agreed: 'Agreed',
    disagreed: 'Disagreed',
    undecided: 'Not decided',
    why: 'The digest is the SHA-256 of what the node answered; its signature covers it. Equal digests are equal answers.',
  },

  picture: {
    title: 'Picture',
    tiles: (done: number, all: number) =>
      `${formatCount(done)} of ${countOf(all, 'tile', 'tiles')} in place`,
    save: 'Save as PNG',
    alt: (name: string) => `The picture of the job “${name}” so far`,
    bad: (shard: number) =>
      `The output of shard ${formatCount(shard)} is not a tile of this picture.`,
  },

  chart: {
    y: 'Value',
    x: 'Over',
    result: 'result',
    none: 'The results so far hold no numbers that could be drawn.',
    large: (rows: number) =>
      `${countOf(rows, 'result is', 'results are')} not drawn: large outputs stay in the browsers that computed them. The table leads to them.`,
    left: (lines: number) => `${countOf(lines, 'more line is', 'more lines are')} not drawn.`,
    partial: (rows: number) => `Drawn from the first ${formatCount(rows)} results.`,
    pause: 'Pause the chart',
    resume: 'Let it go on',
    table: 'The same as a table',
  },
} as const;
