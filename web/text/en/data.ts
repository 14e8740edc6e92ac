import type { SwarmView, WithoutPeers } from '../../../worker/swarm/swarm-view.ts';
import { countOf, formatBytes, formatCount } from '../format.ts';

/** Words about the data that moves for a contributor. */
export const data = {
  heading: 'Data',

  exchange: 'Exchange data with other visitors’ browsers',
  exchangeHelp: 'Faster for everybody. They see this device’s network address (IP).',
  exchangeOff:
    'Off: all data comes from the coordinator (HTTP only). Everything works, only slower.',
  exchangeMeaning: 'What does that mean?',
  exchangeFacts: [
    'Large data of a job is fetched from visitors who compute for the same job, and passed on to them. The coordinator introduces the two.',
    'Such a visitor sees your network address, as every site you open does, and which data of that job you have.',
    'They see nothing else: not your files, not other sites, and none of your results before they are decided.',
    'Everything that arrives is checked against its fingerprint; a browser that sends wrong data is dropped.',
  ],
  noWebRtc:
    'This browser cannot connect to others directly, so all data comes from the coordinator.',
  saveData:
    'Your browser asks sites to save data. While it does, nothing is exchanged with other visitors.',

  limits: 'Limits of data',
  cap: 'Most data in a day',
  capHelp:
    'Sent and received. When it is reached, nothing more is fetched or exchanged until the next day.',
  noCap: 'No limit',
  cache: 'Most space for the cache',
  cacheHelp: 'Programs and data are kept for your next visit, so that they are not fetched again.',
  otherAmount: 'Another amount…',
  inMegabytes: 'Amount in MB',
  set: 'Set',
  amount: (megabytes: number) => formatBytes(megabytes * 1e6),
  isSet: (megabytes: number) => `Set to ${formatBytes(megabytes * 1e6)}.`,
  badAmount: (least: number, most: number) =>
    `Enter a whole number of megabytes (MB) from ${formatCount(least)} to ${formatCount(most)}.`,

  exchanging: (peers: number) =>
    `Exchanging with ${countOf(peers, 'visitor’s browser', 'visitors’ browsers')}.`,
  quiet: 'Nothing is exchanged while nothing may run here.',
  noNeed: 'Nothing needs to be exchanged with other visitors just now.',
  withoutPeers: {
    chosen: 'You chose HTTP only: all data comes from the coordinator.',
    'no-webrtc':
      'This browser cannot connect to others directly: all data comes from the coordinator.',
    'data-cap':
      'Today’s data limit is reached: nothing is exchanged with other visitors until tomorrow.',
    'save-data':
      'Your browser asks sites to save data: nothing is exchanged with other visitors meanwhile.',
    unreachable:
      'Other visitors cannot be reached from this network: all data comes from the coordinator.',
  } satisfies Record<WithoutPeers, string>,

  fromPeers: 'From visitors',
  fromCoordinator: 'From the coordinator',
  toPeers: 'To visitors',
  toCoordinator: 'To the coordinator',
  today: 'Today',
  todayOf: (bytes: number, cap: number | null) =>
    cap === null ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(cap)}`,
  todayNoCap: 'no limit is set',
  todayLeft: (bytes: number) =>
    bytes > 0 ? `${formatBytes(bytes)} left until tomorrow` : 'the limit is reached',

  downloads: 'On its way',
  download: (job: string) => `Data for ${job}`,
  unknownJob: 'another job',
  downloaded: (here: number, all: number) => `${formatBytes(here)} of ${formatBytes(all)}`,

  peers: (count: number) => `Visitors’ browsers: ${formatCount(count)}`,
  noPeers: 'None at the moment.',
  peer: 'Browser',
  received: 'Received',
  sent: 'Sent',

  settings: 'Data settings and cache',
  cacheUsed: (used: number, quota: number) =>
    `The cache holds ${formatBytes(used)} of ${formatBytes(quota)}.`,
  place: {
    opfs: 'It is kept in this browser for your next visit.',
    indexeddb: 'It is kept in this browser for your next visit.',
    memory: 'This browser keeps it in memory only: it is lost when the page closes.',
    folder: 'It is kept in a folder.',
  } satisfies Record<SwarmView['cache']['place'], string>,
  needed: (bytes: number) =>
    `${formatBytes(bytes)} of it are results that nobody else has yet; they stay until they are handed over.`,
  nothingKept: 'This browser keeps nothing for your next visit.',
  empty: 'Empty the cache…',
  emptyTitle: 'Empty the cache?',
  emptyBody: (bytes: number) =>
    `This frees up to ${formatBytes(bytes)}. Programs and data that are needed again are fetched again.`,
  emptyKeeps: 'What runs now and results that nobody else has yet are kept.',
  emptyConfirm: 'Empty it',
  emptyKeep: 'Keep it',
  emptied: 'The cache is emptied of all that is not in use.',
} as const;
