import { useEffect } from 'react';
import { common } from '../text/en/common.ts';

let page = '';
let prefix = '';

function show() {
  const name = page === '' ? common.name : `${page} · ${common.name}`;
  document.title = prefix === '' ? name : `${prefix} · ${name}`;
}

/** Names the page in the document's title. */
export function useTitle(title: string): void {
  useEffect(() => {
    page = title;
    show();
  }, [title]);
}

/** Puts something before every page's title, as "● Computing"; empty for nothing. */
export function useTitlePrefix(text: string): void {
  useEffect(() => {
    prefix = text;
    show();
  }, [text]);
}
