import { request } from '../text/en/request.ts';
import { formatShare } from '../text/format.ts';
import { Choice } from '../ui/choice.tsx';
import { FileField } from '../ui/file-field.tsx';
import { optionsOf } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import { AxesField } from './axes-field.tsx';
import type { Draft } from './draft.ts';
import css from './section.module.css';
import type { FileIndexState } from './use-file-index.ts';

const text = request.draft;

interface InputsSectionProps {
  inputs: Draft['inputs'];
  index: FileIndexState;
  /** Null where it is not known. */
  shards: number | null;
  onChange(inputs: Draft['inputs']): void;
}

/** What the program is run on. */
export function InputsSection({ inputs, index, shards, onChange }: InputsSectionProps) {
  const change = (part: Partial<Draft['inputs']>) => onChange({ ...inputs, ...part });
  return (
    <section className={css.section} aria-labelledby="inputs">
      <h2 id="inputs">{text.inputs}</h2>
      <p className={css.help}>{text.inputsHelp}</p>
      <Choice
        label={text.inputs}
        value={inputs.kind}
        options={optionsOf(text.kinds)}
        onChange={(kind) => change({ kind })}
      />
      <p className={css.help}>{text.kindsHelp[inputs.kind]}</p>
      <InputFields inputs={inputs} change={change} />
      <p role="status" className={css.count}>
        {sayCount(shards, index)}
      </p>
    </section>
  );
}

interface InputFieldsProps {
  inputs: Draft['inputs'];
  change(part: Partial<Draft['inputs']>): void;
}

function InputFields({ inputs, change }: InputFieldsProps) {
  switch (inputs.kind) {
    case 'range':
      return <RangeFields inputs={inputs} change={change} />;
    case 'grid':
      return <AxesField axes={inputs.axes} onChange={(axes) => change({ axes })} />;
    case 'files':
      return (
        <FileField
          label={text.inputFiles}
          path="inputs.files"
          multiple
          files={inputs.files}
          onFiles={(files) => change({ files })}
        />
      );
    case 'lines':
    case 'chunks':
      return (
        <>
          <FileField
            label={text.inputFile}
            path="inputs.file"
            files={inputs.file ? [inputs.file] : []}
            onFiles={([file]) => change({ file })}
          />
          {inputs.kind === 'lines' ? (
            <TextField
              label={text.perShard}
              path="inputs.perShard"
              inputMode="numeric"
              value={inputs.perShard}
              onChange={(perShard) => change({ perShard })}
            />
          ) : (
            <TextField
              label={text.chunkKiB}
              path="inputs.bytes"
              inputMode="numeric"
              value={inputs.chunkKiB}
              onChange={(chunkKiB) => change({ chunkKiB })}
            />
          )}
        </>
      );
  }
}

function RangeFields({ inputs: { range }, change }: InputFieldsProps) {
  const field = (name: keyof typeof range) => (
    <TextField
      label={text[name]}
      path={`inputs.${name}`}
      inputMode="numeric"
      value={range[name]}
      onChange={(value) => change({ range: { ...range, [name]: value } })}
    />
  );
  return (
    <div className={css.row}>
      {field('from')}
      {field('to')}
      {field('step')}
    </div>
  );
}

function sayCount(shards: number | null, index: FileIndexState): string {
  if (index.stage === 'reading') return text.reading(formatShare(index.share));
  if (index.stage === 'failed') return index.message;
  return shards === null ? text.countUnknown : text.count(shards);
}
