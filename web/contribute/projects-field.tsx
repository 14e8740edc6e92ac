import type { NetworkStatus } from '../../shared/api/schemas.ts';
import { contribute as text } from '../text/en/contribute.ts';
import css from './projects-field.module.css';

interface ProjectsFieldProps {
  /** Null before they are known. */
  projects: NetworkStatus['projects'] | null;
  /** Ids chosen; null for any. */
  chosen: readonly string[] | null;
  onChange(chosen: readonly string[] | null): void;
}

/** For whom the contributor computes: any project, or those chosen. */
export function ProjectsField({ projects, chosen, onChange }: ProjectsFieldProps) {
  const toggle = (id: string, on: boolean) => {
    const rest = (chosen ?? []).filter((other) => other !== id);
    const next = on ? [...rest, id] : rest;
    onChange(next.length === 0 ? null : next);
  };
  return (
    <fieldset className={css.field}>
      <legend className={css.legend}>{text.forWhom}</legend>
      <label className={css.choice}>
        <input type="checkbox" checked={chosen === null} onChange={() => onChange(null)} />
        <span>
          <strong>{text.anyProject}</strong>
          <span className={css.purpose}>{text.anyProjectHelp}</span>
        </span>
      </label>
      {projects?.map((project) => (
        <label key={project.id} className={css.choice}>
          <input
            type="checkbox"
            checked={chosen?.includes(project.id) ?? false}
            onChange={(event) => toggle(project.id, event.currentTarget.checked)}
          />
          <span>
            <span className={css.name}>
              <strong>{project.name}</strong>
              <span className={css.jobs}>{text.projectJobs(project.activeJobs)}</span>
            </span>
            <span className={css.purpose}>{project.purpose}</span>
          </span>
        </label>
      ))}
      {projects?.length === 0 && <p className={css.purpose}>{text.noProjects}</p>}
      {projects === null && <p className={css.purpose}>{text.projectsUnknown}</p>}
    </fieldset>
  );
}
