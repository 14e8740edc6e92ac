import type { NetworkStatus } from '../../shared/api/schemas.ts';
import { operate as text } from '../text/en/operate.ts';
import css from './page.module.css';

/** The projects, with how much each has to do. */
export function Projects({ projects }: { projects: NetworkStatus['projects'] }) {
  return (
    <section className={css.section} aria-labelledby="projects">
      <h2 id="projects">{text.projects}</h2>
      {projects.length === 0 ? (
        <p className={css.soft}>{text.noProjects}</p>
      ) : (
        <ul className={css.projects}>
          {projects.map(({ id, name, activeJobs }) => (
            <li key={id}>
              <span>{name}</span>
              <span className={css.soft}>{text.projectJobs(activeJobs)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
