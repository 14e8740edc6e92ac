import { countOf } from '../format.ts';

/** Words of the operator's page. */
export const operate = {
  title: 'Network',
  lead: 'What this coordinator and its network do now, for whoever runs it. Anybody may look.',
  updated: 'Updated',
  stale: (moment: string) => `Old figures: nothing new since ${moment}`,
  staleHelp:
    'The coordinator does not answer. This page asks again every few seconds and goes on by itself.',

  crowd: 'At work now',
  nodes: 'Nodes',
  nodesHelp: 'connected',
  threads: 'Threads',
  threadsHelp: 'offered by them',
  verdicts: 'Shards decided',
  verdictsHelp: 'a second, over the last minute',
  members: 'In swarms',
  membersHelp: 'nodes that exchange data with each other',

  data: 'Data since the coordinator’s start',
  saved: 'Egress saved',
  savedHelp: 'of all programs and data came from other browsers',
  savedNothing: 'no data has moved yet',
  coordinator: 'Sent by the coordinator',
  coordinatorHelp: 'programs and data, to whomever',
  peers: 'Sent from browser to browser',
  peersHelp: 'as the nodes tell it',
  split: (share: string) => `${share} came from other browsers, the rest from the coordinator`,

  chart: 'Since this page was opened',
  show: 'Figures',
  shows: {
    work: 'Shards decided',
    crowd: 'Nodes and threads',
    data: 'Data',
  },
  units: {
    work: 'shards a second',
    crowd: 'at the same time',
    data: 'MB a second',
  },
  time: 'Time',
  range: 'Time range',
  ranges: { '5': '5 min', '15': '15 min', '60': '1 h', all: 'All' },
  pause: 'Pause the chart',
  resume: 'Let it go on',
  paused: (moment: string) => `Paused at ${moment}. Figures are still gathered.`,
  gathering: 'The chart begins with the second reading, in some seconds.',
  table: 'The same as a table',
  lines: {
    verdicts: 'decided',
    nodes: 'nodes',
    threads: 'threads',
    members: 'in swarms',
    coordinator: 'coordinator',
    peers: 'between browsers',
  },

  projects: 'Projects',
  projectJobs: (jobs: number) => countOf(jobs, 'active job', 'active jobs'),
  noProjects: 'There is no project yet.',
  metrics: 'Times of requests and of each step of the work, for graphs and alerts, are in',
} as const;
