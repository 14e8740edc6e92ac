import { request } from '../text/en/request.ts';
import { formatShare } from '../text/format.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import css from './dry-run-panel.module.css';
import type { PostingState } from './use-posting.ts';

interface PostPanelProps {
  state: PostingState;
  /** Shards of the job; null where that is not known. */
  shards: number | null;
  /** Further stages. */
  stages: number;
  /** Fields that keep it from being posted, where somebody has tried. */
  problems: number;
  onPost(): void;
}

/** The button that posts the job, and how that goes. */
export function PostPanel({ state, shards, stages, problems, onPost }: PostPanelProps) {
  const posting = state.stage === 'posting';
  return (
    <section className={css.panel} aria-label={request.post.post}>
      <p className={css.count}>
        {shards === null ? request.draft.countUnknown : request.draft.count(shards)}
        {stages > 0 && request.draft.andStages(stages)}
      </p>
      {state.stage === 'refused' && <Notice kind="bad">{state.message}</Notice>}
      {problems > 0 && (
        <p className={css.problems} role="alert">
          {request.draft.fix(problems)}
        </p>
      )}
      <Button look="main" busy={posting} onClick={onPost}>
        {posting ? sayPosting(state.share) : request.post.post}
      </Button>
    </section>
  );
}

function sayPosting(share: number | null): string {
  if (share === null) return request.post.preparing;
  return share < 1 ? request.post.uploading(formatShare(share)) : request.post.posting;
}
