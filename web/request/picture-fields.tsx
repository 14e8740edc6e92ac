import { request } from '../text/en/request.ts';
import { CheckField } from '../ui/check-field.tsx';
import { useFieldError } from '../ui/field-errors.ts';
import { optionsOf, SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { Draft } from './draft.ts';
import css from './section.module.css';

const text = request.draft;
const SIZES = ['width', 'height', 'tileWidth', 'tileHeight'] as const;

/** What somebody who asks for a picture begins with. */
const FIRST_PICTURE: NonNullable<Draft['picture']> = {
  width: '640',
  height: '480',
  tileWidth: '64',
  tileHeight: '48',
  format: 'ppm',
};

interface PictureFieldsProps {
  draft: Draft;
  onChange(change: Partial<Draft>): void;
}

/** The picture that the outputs are tiles of, where they are. */
export function PictureFields({ draft: { picture }, onChange }: PictureFieldsProps) {
  const error = useFieldError(picture ? 'picture' : undefined);
  return (
    <>
      <CheckField
        label={text.picture}
        help={text.pictureHelp}
        checked={picture !== null}
        onChange={(checked) => onChange({ picture: checked ? FIRST_PICTURE : null })}
      />
      {picture && (
        <>
          <div className={css.row}>
            {SIZES.map((name) => (
              <TextField
                key={name}
                label={text[name]}
                path={`picture.${name}`}
                inputMode="numeric"
                value={picture[name]}
                onChange={(value) => onChange({ picture: { ...picture, [name]: value } })}
              />
            ))}
            <SelectField
              label={text.format}
              value={picture.format}
              options={optionsOf(text.formats)}
              onChange={(format) => onChange({ picture: { ...picture, format } })}
            />
          </div>
          {error && <p className={css.error}>{error}</p>}
        </>
      )}
    </>
  );
}
