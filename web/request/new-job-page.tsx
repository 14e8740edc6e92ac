import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { common } from '../text/en/common.ts';
import { request } from '../text/en/request.ts';
import { Notice } from '../ui/notice.tsx';
import { useTitle } from '../ui/use-title.ts';
import type { Draft } from './draft.ts';
import { DraftForm } from './draft-form.tsx';
import { EMPTY_DRAFT } from './draft-start.ts';
import css from './new-job-page.module.css';
import { sampleDraft } from './samples.ts';

type Loaded = { draft: Draft } | { error: string } | null;

const text = request.draft;

/** A new job, from nothing or from the sample that the address names. */
export default function NewJobPage() {
  useTitle(text.title);
  const [search] = useSearchParams();
  const sample = search.get('sample');
  const [loaded, setLoaded] = useState<Loaded>(sample === null ? { draft: EMPTY_DRAFT } : null);

  useEffect(() => {
    if (sample === null) return setLoaded({ draft: EMPTY_DRAFT });
    let current = true;
    sampleDraft(sample).then(
      (draft) => current && setLoaded(draft ? { draft } : { error: text.noSample }),
      () => current && setLoaded({ error: common.offline }),
    );
    return () => {
      current = false;
    };
  }, [sample]);

  return (
    <div className={css.page}>
      <p>
        <Link href="/request">← {text.back}</Link>
      </p>
      <h1>{text.title}</h1>
      {loaded === null && <p role="status">{common.loading}</p>}
      {loaded && 'error' in loaded && <Notice kind="bad">{loaded.error}</Notice>}
      {loaded && 'draft' in loaded && <DraftForm key={sample} first={loaded.draft} />}
    </div>
  );
}
