import css from './page.module.css';

interface FigureProps {
  name: string;
  value: string;
  /** Its unit, or what it counts. */
  more: string;
  /** The part of the bar above that it is about. */
  part?: 'saved' | 'sent';
}

/** One figure of the network. */
export function Figure({ name, value, more, part }: FigureProps) {
  return (
    <div>
      <dt className={css.name}>
        {part && <span className={css.swatch} data-part={part} aria-hidden="true" />}
        {name}
      </dt>
      <dd className={css.value}>{value}</dd>
      <dd className={css.soft}>{more}</dd>
    </div>
  );
}
