import { type KeyboardEvent, type ReactNode, useId } from 'react';
import css from './tabs.module.css';

interface TabsProps<T extends string> {
  label: string;
  tabs: readonly (readonly [name: T, words: string])[];
  chosen: T;
  onChoose(name: T): void;
  /** The panel of the tab that is chosen. */
  children: ReactNode;
}

/** Views of which one is shown. Arrow keys move between the tabs, as the WAI-ARIA pattern has it. */
export function Tabs<T extends string>({ label, tabs, chosen, onChoose, children }: TabsProps<T>) {
  const id = useId();
  const at = tabs.findIndex(([name]) => name === chosen);
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: -at - 1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (at + step + tabs.length) % tabs.length;
    onChoose(tabs[next][0]);
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  };
  return (
    <div className={css.tabs}>
      <div role="tablist" aria-label={label} className={css.list} onKeyDown={press}>
        {tabs.map(([name, words]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            className={css.tab}
            aria-selected={name === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => onChoose(name)}
          >
            {words}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${chosen}`}
        className={css.panel}
      >
        {children}
      </div>
    </div>
  );
}
