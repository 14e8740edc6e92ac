import { ManyhandsError } from '../../../shared/errors.ts';

export function swarmOff(): ManyhandsError {
  return new ManyhandsError(
    'SWARM_OFF',
    'This coordinator does not introduce peers. Fetch all data from it, by HTTP.',
  );
}

export function swarmFramesTooFast(): ManyhandsError {
  return new ManyhandsError(
    'SWARM_TOO_FAST',
    'This node asks about data faster than any sound one. Wait as long as the answers say.',
  );
}

export function peerTaken(peer: string): ManyhandsError {
  return new ManyhandsError(
    'PEER_TAKEN',
    'Another node goes by this peer id. A peer id is made anew for each session.',
    { peer },
  );
}

export function noPart(job: string): ManyhandsError {
  return new ManyhandsError(
    'SWARM_NO_PART',
    'This node has no lease of that job, so it is not introduced to others for its data.',
    { job },
  );
}

export function blobWrong(blob: string): ManyhandsError {
  return new ManyhandsError(
    'SWARM_BLOB_WRONG',
    'That is not the length of this blob, or one that no peer exchanges.',
    { blob },
  );
}

export function tooManyBlobs(): ManyhandsError {
  return new ManyhandsError(
    'SWARM_TOO_MANY_BLOBS',
    'This node takes part in as many blobs as one node may. Say first which are no longer held.',
  );
}
