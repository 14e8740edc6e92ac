import { fromUtf8Strict } from '../../shared/bytes.ts';
import { common } from '../text/en/common.ts';
import { formatBytes } from '../text/format.ts';
import css from './content-view.module.css';
import { ReadingBox } from './reading-box.tsx';

/** More than this in one block makes a page slow to scroll. */
const SHOWN_CHARS = 20_000;

/** What a program wrote, as text where it is text, with its name. */
export function ContentView({ label, content }: { label: string; content: Uint8Array | string }) {
  const text = typeof content === 'string' ? content : fromUtf8Strict(content);
  return (
    <figure className={css.content}>
      <figcaption className={css.label}>{label}</figcaption>
      {text === null || content.length === 0 ? (
        <p className={css.none}>
          {content.length === 0 ? common.nothing : common.notText(formatBytes(content.length))}
        </p>
      ) : (
        <ReadingBox
          label={label}
          text={text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text}
        />
      )}
    </figure>
  );
}
