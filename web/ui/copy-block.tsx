import { useState } from 'react';
import { common } from '../text/en/common.ts';
import { Button } from './button.tsx';
import css from './copy-block.module.css';
import { ReadingBox } from './reading-box.tsx';

/** Text that is meant to be copied. */
export function CopyBlock({ label, text }: { label: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // Not allowed here: the text can be marked and copied by hand.
    }
  };
  return (
    <figure className={css.block}>
      <figcaption className={css.head}>
        {label}
        <Button look="bare" onClick={() => void copy()}>
          <span role="status">{copied ? common.copied : common.copy}</span>
        </Button>
      </figcaption>
      <ReadingBox label={label} text={text} />
    </figure>
  );
}
