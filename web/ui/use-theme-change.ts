import { useEffect, useState } from 'react';

/** A number that changes whenever the theme does, for what is drawn and not styled. */
export function useThemeChange(): number {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const next = () => setTurn((now) => now + 1);
    const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) =>
      matchMedia(query),
    );
    for (const query of queries) query.addEventListener('change', next);
    const observer = new MutationObserver(next);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      for (const query of queries) query.removeEventListener('change', next);
      observer.disconnect();
    };
  }, []);
  return turn;
}
