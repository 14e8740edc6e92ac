import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useClient } from '../api/client-context.ts';
import { ApiError } from '../api/errors.ts';
import type { Draft } from './draft.ts';
import { postJob } from './post-job.ts';
import type { CompileState } from './use-compiler.ts';

/** Where the posting of a draft stands. */
export type PostingState =
  | { stage: 'none' }
  | { stage: 'posting'; share: number }
  /** `path` names the field that the coordinator objects to; empty for none. */
  | { stage: 'refused'; path: string; message: string };

export interface PostingControls {
  state: PostingState;
  post(draft: Draft, compiled: CompileState): void;
  /** The draft has changed: what was said of it holds no more. */
  reset(): void;
}

/** Posts a draft and goes to its page. */
export function usePosting(): PostingControls {
  const client = useClient();
  const [, navigate] = useLocation();
  const [state, setState] = useState<PostingState>({ stage: 'none' });
  // One key for all tries to post the same draft: a try whose answer was lost is not posted twice.
  const key = useRef<string | null>(null);

  const post = async (draft: Draft, compiled: CompileState) => {
    key.current ??= crypto.randomUUID();
    setState({ stage: 'posting', share: 0 });
    try {
      const job = await postJob(client, draft, compiled, key.current, (share) =>
        setState({ stage: 'posting', share }),
      );
      navigate(`/jobs/${job.id}`);
    } catch (thrown) {
      const path = thrown instanceof ApiError ? thrown.path : '';
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      setState({ stage: 'refused', path, message });
    }
  };

  return {
    state,
    post: (draft, compiled) => void post(draft, compiled),
    reset: () => {
      key.current = null;
      setState((now) => (now.stage === 'refused' ? { stage: 'none' } : now));
    },
  };
}
