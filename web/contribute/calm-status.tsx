import { useEffect, useRef, useState } from 'react';

/** A screen reader is told of a change at most this often. */
const CALM_MS = 8_000;

/** A sentence that is read out when it changes, but never more often than one can listen to. */
export function CalmStatus({ text }: { text: string }) {
  const [said, setSaid] = useState(text);
  const saidAt = useRef(0);
  useEffect(() => {
    if (text === said) return;
    const wait = Math.max(0, saidAt.current + CALM_MS - Date.now());
    const timer = setTimeout(() => {
      saidAt.current = Date.now();
      setSaid(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text, said]);
  return (
    <>
      <p aria-hidden="true">{text}</p>
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  );
}
