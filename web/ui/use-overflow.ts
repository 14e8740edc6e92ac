import { type RefObject, useLayoutEffect, useState } from 'react';

/** Whether an element's content is wider than itself. */
export function useOverflow(place: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useLayoutEffect(() => {
    const element = place.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    const look = () => setOverflows(element.scrollWidth > element.clientWidth);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    observer.observe(content);
    return () => observer.disconnect();
  }, [place]);
  return overflows;
}
