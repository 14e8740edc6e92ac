import { useState } from 'react';
import { common } from '../text/en/common.ts';
import { applyTheme, storedTheme, type Theme } from './theme.ts';
import css from './theme-switch.module.css';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** Lets the visitor choose between the device's theme, light and dark. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <label className={css.label}>
      {common.theme.label}
      <select
        className={css.select}
        value={theme}
        onChange={(event) => {
          const chosen = event.currentTarget.value as Theme;
          setTheme(chosen);
          applyTheme(chosen);
        }}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {common.theme[name]}
          </option>
        ))}
      </select>
    </label>
  );
}
