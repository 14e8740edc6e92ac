import { expect, test } from 'vitest';
import { isIceServer, toIceServers } from './ice-servers.ts';

test.each([
  'stun:stun.example.org',
  'stun:192.0.2.1:3478',
  'stuns:[2001:db8::1]:5349',
  'turn:ada:secret@turn.example.org:3478?transport=udp',
  'turns:ada:p%40ss@turn.example.org',
])('SWM-65 %s is a server that browsers can be given', (text) => {
  expect(isIceServer(text)).toBe(true);
});

test.each([
  'stun.example.org:3478',
  'http://stun.example.org',
  'stun:',
  'stun:ada:secret@stun.example.org',
  'turn:turn.example.org',
  'turn:ada@turn.example.org',
  'turn:ada:p%4@turn.example.org',
  'turn:ada:secret@turn.example.org?transport=quic',
])('SWM-65 %s is refused', (text) => {
  expect(isIceServer(text)).toBe(false);
});

test('SWM-65 the login of a TURN server is taken out of its address', () => {
  expect(
    toIceServers([
      'stun:stun.example.org:3478',
      'turn:ada:p%40s%3Ass@turn.example.org:3478?transport=udp',
    ]),
  ).toEqual([
    { urls: ['stun:stun.example.org:3478'] },
    {
      urls: ['turn:turn.example.org:3478?transport=udp'],
      username: 'ada',
      credential: 'p@s:ss',
    },
  ]);
});
