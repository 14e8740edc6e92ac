import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { ManyhandsError } from '../../shared/errors.ts';
import { useClient } from '../api/client-context.ts';
import type { Draft } from './draft.ts';
import { postJob } from './post-job.ts';
import type { CompileOf } from './use-compiler.ts';

/** Where the posting of a draft stands. */
export type PostingState =
  | { stage: 'none' }
  /** `share` of the bytes has gone up; null while it is compiled. */
  | { stage: 'posting'; share: number | null }
  /** `path` names the field that the coordinator objects to; empty for none. */
  | { stage: 'refused'; path: string; message: string };

export interface PostingControls {
  state: PostingState;
  post(draft: Draft, compile: CompileOf): void;
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

  const post = async (draft: Draft, compile: CompileOf) => {
    key.current ??= crypto.randomUUID();
    setState({ stage: 'posting', share: null });
    try {
      const job = await postJob(client, draft, compile, key.current, (share) =>
        setState({ stage: 'posting', share }),
      );
      navigate(`/jobs/${job.id}`);
    } catch (thrown) {
      const path = thrown instanceof ManyhandsError ? String(thrown.facts.path ?? '') : '';
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      setState({ stage: 'refused', path, message });
    }
  };

  return {
    state,
    post: (draft, compile) => void post(draft, compile),
    reset: () => {
      key.current = null;
      setState((now) => (now.stage === 'refused' ? { stage: 'none' } : now));
    },
  };
}
