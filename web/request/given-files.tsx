import { request } from '../text/en/request.ts';
import { Button } from '../ui/button.tsx';
import { FileField } from '../ui/file-field.tsx';
import { optionsOf, SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { FileDraft } from './draft.ts';
import { nextKey } from './keyed.ts';
import css from './section.module.css';

const text = request.draft;

interface GivenFilesProps {
  files: readonly FileDraft[];
  onChange(files: FileDraft[]): void;
}

/** Files that the program finds when it starts. */
export function GivenFiles({ files, onChange }: GivenFilesProps) {
  const change = (key: number, part: Partial<FileDraft>) =>
    onChange(files.map((file) => (file.key === key ? { ...file, ...part } : file)));
  const add = () =>
    onChange([
      ...files,
      { key: nextKey(files), path: '/input.txt', mode: 'text', content: '', file: null },
    ]);
  return (
    <>
      {files.length > 0 && (
        <ul className={css.list}>
          {files.map((file, at) => (
            <li key={file.key} className={css.item}>
              <TextField
                label={text.filePath}
                path={`files.${at}.path`}
                mono
                value={file.path}
                onChange={(path) => change(file.key, { path })}
              />
              <SelectField
                label={text.fileContent}
                value={file.mode}
                options={optionsOf(text.fileModes)}
                onChange={(mode) => change(file.key, { mode })}
              />
              <Button
                look="bare"
                className={css.remove}
                aria-label={text.removeFile(file.path)}
                onClick={() => onChange(files.filter(({ key }) => key !== file.key))}
              >
                {text.remove}
              </Button>
              <div className={css.wide}>
                {file.mode === 'text' ? (
                  <TextField
                    label={text.fileText}
                    path={`files.${at}.content`}
                    rows={3}
                    mono
                    value={file.content}
                    onChange={(content) => change(file.key, { content })}
                  />
                ) : (
                  <FileField
                    label={text.choose}
                    path={`files.${at}.content`}
                    files={file.file ? [file.file] : []}
                    onFiles={([chosen]) => change(file.key, { file: chosen })}
                  />
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      <Button className={css.start} onClick={add}>
        {text.addFile}
      </Button>
    </>
  );
}
