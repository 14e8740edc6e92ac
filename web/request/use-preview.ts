import { useEffect, useState } from 'react';
import type { CheckedDraft } from './check-draft.ts';
import type { Draft } from './draft.ts';
import { type PreviewRow, previewShard } from './preview.ts';
import { readShardContent } from './shard-content.ts';
import type { FileIndexState } from './use-file-index.ts';

/** Enough to see how the fields run. */
const ROWS = 5;
const NOTHING: readonly PreviewRow[] = [];

/** What the first shards will be given, as far as the draft says it. */
export function usePreview(
  draft: Draft,
  checked: CheckedDraft,
  index: FileIndexState,
): readonly PreviewRow[] {
  const [rows, setRows] = useState(NOTHING);
  const { inputs } = draft;
  useEffect(() => {
    let current = true;
    void previewRows(checked, inputs, index).then(
      (next) => current && setRows(next),
      // A file that cannot be read is told of beside its field.
      () => current && setRows(NOTHING),
    );
    return () => {
      current = false;
    };
  }, [checked, inputs, index]);
  return rows;
}

async function previewRows(
  { spec, shards }: CheckedDraft,
  inputs: Draft['inputs'],
  index: FileIndexState,
): Promise<readonly PreviewRow[]> {
  if (!spec || shards === null) return NOTHING;
  const rows: PreviewRow[] = [];
  for (let shard = 0; shard < Math.min(ROWS, shards); shard++) {
    const content = await readShardContent(inputs, index, shard);
    const row = content === null ? null : previewShard(spec, shard, content);
    if (!row) return NOTHING;
    rows.push(row);
  }
  return rows;
}
