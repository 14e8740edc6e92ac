import { Link, useLocation, useSearchParams } from 'wouter';
import { job as text } from '../text/en/job.ts';
import { formatCount } from '../text/format.ts';

/** A shard's number, which opens the shard beside the page. */
export function ShardLink({ shard }: { shard: number }) {
  const [path] = useLocation();
  const [search] = useSearchParams();
  const next = new URLSearchParams(search);
  next.set('shard', String(shard));
  return (
    <Link href={`${path}?${next}`} aria-label={text.results.open(shard)}>
      {formatCount(shard)}
    </Link>
  );
}
