import css from './page.module.css';

interface FigureProps {
  name: string;
  value: string;
  /** Its unit, or what it counts. */
  more: string;
}

/** One figure of the network. */
export function Figure({ name, value, more }: FigureProps) {
  return (
    <div>
      <dt className={css.name}>{name}</dt>
      <dd className={css.value}>{value}</dd>
      <dd className={css.soft}>{more}</dd>
    </div>
  );
}
