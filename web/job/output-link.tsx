import { useMutation } from '@tanstack/react-query';
import type { MouseEvent } from 'react';
import type { BlobContent } from '../../shared/api/schemas.ts';
import { job as jobText } from '../text/en/job.ts';
import { useOutputs } from './outputs.tsx';

/** Long enough for any browser to have read it, short enough not to keep it for good. */
const REVOKE_AFTER_MS = 60_000;

/** A large output as a download: a plain link, or fetched from nodes first where the visitor chose that. */
export function OutputLink({ blob, text }: { blob: BlobContent; text: string }) {
  const { direct, read } = useOutputs();
  const save = useMutation({ mutationFn: () => read(blob), onSuccess: saveAs(blob.blob) });
  const onClick = (event: MouseEvent) => {
    if (!direct) return;
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  const label = jobText.results.downloadPart(text);
  return (
    <>
      <a
        href={`/v1/blobs/${blob.blob}`}
        download
        aria-label={label}
        aria-busy={save.isPending}
        onClick={onClick}
      >
        {text}
      </a>
      {save.error && <span role="alert"> {save.error.message}</span>}
    </>
  );
}

function saveAs(name: string) {
  return (bytes: Uint8Array<ArrayBuffer>) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([bytes]));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS);
  };
}
