import { Link } from 'wouter';
import { common } from './text/en/common.ts';
import { useTitle } from './ui/use-title.ts';

/** For addresses that lead nowhere. */
export function NotFound() {
  const text = common.notFound;
  useTitle(text.title);
  return (
    <>
      <h1>{text.title}</h1>
      <p>{text.body}</p>
      <p>
        <Link href="/">{text.home}</Link>
        {' · '}
        <Link href="/request">{text.request}</Link>
      </p>
    </>
  );
}
