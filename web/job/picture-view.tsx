import { useEffect, useRef, useState } from 'react';
import type { Job, ResultRow } from '../../shared/api/schemas.ts';
import type { Picture } from '../../shared/job/spec.ts';
import { useClient } from '../api/client-context.ts';
import { job as jobText } from '../text/en/job.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { type ReadContent, useOutputs } from './outputs.tsx';
import { ppmTile, rgbTile, tileCount, tilePlace } from './picture-tiles.ts';
import css from './picture-view.module.css';

const text = jobText.picture;

/** Long enough for any browser to have read the picture, short enough not to keep it for good. */
const REVOKE_AFTER_MS = 60_000;

/** The picture that a job's outputs are tiles of, as they come in. */
export default function PictureView({ job }: { job: Job }) {
  const client = useClient();
  const { read } = useOutputs();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [placed, setPlaced] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);
  const { id } = job;
  const { name } = job.spec;
  // A job's spec never changes, but each piece of news brings a copy of it.
  const [picture] = useState(job.spec.picture);
  // Shards that are retried after the end come in a new stream.
  const running = job.state === 'running';

  useEffect(() => {
    void running;
    const context = canvas.current?.getContext('2d');
    if (!context || !picture) return;
    const abort = new AbortController();
    setPlaced(0);
    const rows = client.resultRows(id, { after: null, follow: true }, abort.signal);
    const parts = { picture, context, read, signal: abort.signal };
    assemble(rows, parts, setPlaced, setProblem).catch((thrown) => {
      if (!abort.signal.aborted) setProblem(thrown instanceof Error ? thrown.message : '');
    });
    return () => abort.abort();
  }, [client, id, picture, running, read]);

  const save = () =>
    canvas.current?.toBlob((blob) => {
      if (!blob) return;
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = `${name}.png`;
      link.click();
      // Firefox begins to read after the click, and finds nothing where it was taken away at once.
      setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS);
    });

  if (!picture) return null;
  return (
    <figure className={css.picture}>
      <canvas
        ref={canvas}
        className={css.canvas}
        width={picture.width}
        height={picture.height}
        role="img"
        aria-label={text.alt(name)}
      />
      <figcaption className={css.line}>
        <span>{text.tiles(placed, tileCount(picture))}</span>
        <Button disabled={placed === 0} onClick={save}>
          {text.save}
        </Button>
      </figcaption>
      {problem !== null && <Notice kind="warm">{problem}</Notice>}
    </figure>
  );
}

/** Where tiles come from and go. */
interface Parts {
  picture: Picture;
  context: CanvasRenderingContext2D;
  read: ReadContent;
  signal: AbortSignal;
}

/** Draws each tile as its verdict arrives, until the job has ended. */
async function assemble(
  rows: AsyncIterable<ResultRow>,
  parts: Parts,
  onPlaced: (tiles: number) => void,
  onProblem: (message: string | null) => void,
): Promise<void> {
  const placed = new Set<number>();
  onProblem(null);
  for await (const row of rows) {
    if (row.status !== 'ok') continue;
    try {
      if (await drawTile(row, parts)) placed.add(row.shard);
      else onProblem(text.bad(row.shard));
    } catch (thrown) {
      // One tile that cannot be had just now is no reason to leave out the others.
      parts.signal.throwIfAborted();
      onProblem(thrown instanceof Error ? thrown.message : '');
    }
    onPlaced(placed.size);
  }
}

/** Whether the row's output was a tile. */
async function drawTile(
  { shard, stdout }: ResultRow,
  { picture, context, read, signal }: Parts,
): Promise<boolean> {
  if (!stdout) return false;
  const bytes = await read(stdout, signal);
  const place = tilePlace(picture, shard);
  if (picture.format === 'png') {
    try {
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      context.drawImage(image, place.x, place.y);
      image.close();
      return true;
    } catch {
      return false;
    }
  }
  const pixels = picture.format === 'ppm' ? ppmTile(bytes) : rgbTile(bytes, picture, place);
  if (!pixels) return false;
  context.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), place.x, place.y);
  return true;
}
