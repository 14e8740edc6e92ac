import type { IdleReason } from '../../../worker/engine/events.ts';
import { countOf, formatCount, formatList } from '../format.ts';

const shards = (count: number) => countOf(count, 'shard', 'shards');

/** Words of the front page. */
export const contribute = {
  title: 'Contribute',
  headline: 'Many hands make light work of large questions.',
  what: 'Some calculations are too large for one computer. Manyhands cuts them into small shards, and this page computes some of them with the power that your device has to spare.',

  offerTitle: 'You would give',
  gift: (threads: number, all: number) =>
    all === 1 ? 'The only thread' : `${formatCount(threads)} of ${formatCount(all)} threads`,
  forAny: 'to any project that has work.',
  forThese: (names: readonly string[]) => `to ${formatList(names)}.`,
  threadsOf: (threads: number, all: number) =>
    `${formatCount(threads)} of ${countOf(all, 'thread', 'threads')}`,
  threadsLabel: 'Threads',
  threadsHelp:
    'A thread is what one processor core runs at a time. You can change this at any time.',
  threadsAll: 'All of them: other programs may become slow.',
  forWhom: 'For whom',
  anyProject: 'Any project that needs it',
  anyProjectHelp: 'Work goes to whichever project has some, new ones too.',
  projectJobs: (jobs: number) =>
    jobs === 0 ? 'No job just now' : countOf(jobs, 'job waiting', 'jobs waiting'),
  noProjects: 'There is no project yet. Your device would wait for the first.',
  projectsUnknown: 'The list of projects has not arrived.',
  nextStart: 'Holds from the next start.',

  start: 'Start',
  starting: 'Starting…',
  startFacts:
    'Nothing is computed before you press Start. It ends when you pause, finish or close this tab.',
  sandbox:
    'Programs run in a sealed sandbox: they can see neither your files, nor this page, nor the network.',

  pause: 'Pause',
  resume: 'Go on',
  resumeAnyway: 'Go on all the same',
  finish: 'Finish',
  cancelFinish: 'Don’t finish',
  pauseHelp: 'Pause stops at once. Finish completes what runs, hands it in and then stops.',

  computing: (busy: number) => `Computing on ${countOf(busy, 'thread', 'threads')}`,
  computingFor: (busy: number, projects: readonly string[]) =>
    `On ${countOf(busy, 'thread', 'threads')} for ${formatList(projects)}.`,
  computingTitle: 'Computing',
  pausedTitle: 'Paused',
  finishingTitle: 'Finishing',
  waitingTitle: 'Ready',
  finishing: 'Finishing: what runs is completed, then this tab stops.',
  stopped: (done: number) => `${shards(done)} computed, and all that ran is handed in. Thank you.`,
  elsewhere:
    'Another tab of this browser does the computing. This one shows how it goes and can steer it.',

  now: 'Running now',
  nowPaused: 'Held until you go on',
  runningFor: (project: string) => `for ${project}`,
  runningShards: (done: number, all: number) => `${formatCount(done)} of ${shards(all)} here`,
  nothingRuns: 'Nothing at the moment.',

  done: 'Shards computed',
  doneHelp: 'Since this tab was started',
  agreed: 'Agreed',
  agreedHelp: 'The verdict was the same answer',
  rejected: 'Rejected',
  rejectedHelp: 'The verdict was another answer',
  pending: 'Pending',
  pendingHelp: 'Waiting for others to check',
  lifelong: (agreed: number, rejected: number) =>
    `This browser so far: ${shards(agreed)} agreed, ${formatCount(rejected)} rejected.`,
  rate: 'Rate',
  perSecond: 'shards a second',
  perMinute: 'shards a minute',

  connection: {
    connecting: 'Connecting to the coordinator…',
    connected: 'Connected',
    offline: 'No connection. Results are kept and handed in when it is back; trying again…',
  },

  idle: {
    battery: 'Waiting: the device runs on battery. It goes on when you plug it in.',
    'battery-low': 'Waiting: the battery is low. It goes on when it has been charged.',
    pressure: 'Waiting: the device is busy or hot. It goes on when that is over.',
    paused: 'Paused. Nothing is computed.',
    connecting: 'Connecting to the coordinator…',
    offline: 'No connection to the coordinator. It is tried again by itself.',
    'too-old': 'This page is too old for the coordinator. Reload it.',
    banned:
      'The coordinator takes no results from this browser any more, because too many were wrong.',
    asking: 'Asking for work…',
    'no-jobs': 'Ready. There is no work just now; it begins by itself when some comes.',
    'none-for-kind':
      'Ready. The jobs just now need a kind of program that this browser cannot run.',
    'none-for-project': 'Ready. The projects that you chose have no work just now.',
    'waiting-for-others':
      'Ready. The work left must be checked by someone else; you have done your part of it.',
    downloading: 'Downloading the next program…',
    'download-failed': 'The next program could not be downloaded. It is tried again by itself.',
    'data-cap':
      'Waiting: today’s data limit is reached. It goes on tomorrow, or when you raise the limit.',
    'no-room':
      'Waiting: there is no room here for further results. Give the cache more room, or wait until others have fetched some.',
    'starting-sandbox': 'Preparing the sandbox…',
    uploading: 'Handing in the last results…',
  } satisfies Record<IdleReason, string>,

  network: (nodes: number, threads: number) =>
    `At work now: ${countOf(nodes, 'node', 'nodes')} with ${countOf(threads, 'thread', 'threads')}`,
  networkIdle: 'Nobody else is at work: you would be the first',
  updated: 'Updated',
  networkRate: (rate: string) => `${rate} shards decided a second`,
  failed: 'The computing part of this page did not start.',
} as const;
