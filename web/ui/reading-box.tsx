import css from './reading-box.module.css';

/** Taller text scrolls. */
const MOST_ROWS = 14;

/** Text to be read and copied; a text area, so that it can be scrolled and marked by keyboard. */
export function ReadingBox({ label, text }: { label: string; text: string }) {
  const rows = Math.min(MOST_ROWS, text.replace(/\n$/, '').split('\n').length);
  return (
    <textarea
      className={css.box}
      readOnly
      rows={rows}
      aria-label={label}
      spellCheck={false}
      value={text}
    />
  );
}
