import { countOf, formatBytes } from '../text/format.ts';
import { Field } from './field.tsx';
import css from './file-field.module.css';

interface FileFieldProps {
  label: string;
  files: readonly File[];
  onFiles(files: File[]): void;
  multiple?: boolean;
  accept?: string;
  help?: string;
  path?: string;
  /** Shown instead of one by path. */
  error?: string;
}

/** Files from the disk, chosen or dropped; browsers let a file be dropped on the input itself. */
export function FileField({
  label,
  files,
  onFiles,
  multiple,
  accept,
  help,
  path,
  error,
}: FileFieldProps) {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return (
    <Field label={label} help={help} path={path} error={error}>
      {(attributes) => (
        <div className={css.zone}>
          <input
            {...attributes}
            type="file"
            multiple={multiple}
            accept={accept}
            className={css.input}
            onChange={(event) => {
              const chosen = [...(event.currentTarget.files ?? [])];
              if (chosen.length > 0) onFiles(chosen);
            }}
          />
          {files.length > 0 && (
            <p className={css.files}>
              {files.length === 1 ? files[0].name : countOf(files.length, 'file', 'files')}
              {`, ${formatBytes(bytes)}`}
            </p>
          )}
        </div>
      )}
    </Field>
  );
}
