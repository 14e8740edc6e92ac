import { useMutation } from '@tanstack/react-query';
import type { Job } from '../../shared/api/schemas.ts';
import { useClient } from '../api/client-context.ts';
import { job } from '../text/en/job.ts';
import { Button } from '../ui/button.tsx';
import css from './downloads.module.css';

const text = job.results;
type Download = keyof typeof text.downloads;
const DOWNLOADS = Object.keys(text.downloads) as Download[];

/** Results as files. The browser itself downloads them, so that they go straight to the disk. */
export function Downloads({ job: { id } }: { job: Job }) {
  const client = useClient();
  const download = useMutation({
    mutationFn: (file: Download) => client.downloadUrl(id, file),
    onSuccess: follow,
  });
  return (
    <div className={css.downloads}>
      <span id="downloads" className={css.label}>
        {text.download}
      </span>
      {DOWNLOADS.map((file) => (
        <Button
          key={file}
          look="bare"
          busy={download.isPending && download.variables === file}
          aria-label={`${text.download}: ${text.downloads[file]}`}
          onClick={() => download.mutate(file)}
        >
          {text.downloads[file]}
        </Button>
      ))}
      {download.error && <p role="alert">{download.error.message}</p>}
    </div>
  );
}

function follow(url: string) {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
