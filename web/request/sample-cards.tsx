import { Link } from 'wouter';
import { request } from '../text/en/request.ts';
import css from './sample-cards.module.css';
import { SAMPLES } from './samples.ts';

/** Sample programs to begin a job with. */
export function SampleCards() {
  return (
    <ul className={css.cards}>
      {SAMPLES.map((name) => (
        <li key={name}>
          <Link href={`/request/new?sample=${name}`} className={css.card}>
            <strong className={css.title}>{request.samples[name].title}</strong>
            <span className={css.what}>{request.samples[name].what}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
