import { useQuery } from '@tanstack/react-query';
import { NetworkStatus } from '../../shared/api/schemas.ts';
import { callJson } from '../api/request.ts';
import { request } from '../text/en/request.ts';
import { formatDuration } from '../text/format.ts';
import css from './dry-run-panel.module.css';
import { estimate } from './estimate.ts';

const text = request.estimate;

interface EstimatePanelProps {
  shards: number | null;
  /** Time of the shard that was tried; null before one was. */
  shardMs: number | null;
  /** Whether further stages follow, of which nothing is known. */
  staged: boolean;
  replicas: number;
  quorum: number;
}

/** How long the whole job would take, as an honest range. */
export function EstimatePanel({ shards, shardMs, staged, replicas, quorum }: EstimatePanelProps) {
  const status = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => callJson(NetworkStatus, '/status', { signal }),
    refetchInterval: 15_000,
  });
  const threads = status.data?.threads;
  return (
    <section className={css.panel} aria-labelledby="estimate">
      <h2 id="estimate">{staged ? text.firstStage : text.title}</h2>
      {shards === null || shardMs === null || threads === undefined ? (
        <p className={css.help}>{text.unknown}</p>
      ) : (
        <Said facts={{ shards, shardMs, replicas, quorum, threads }} />
      )}
    </section>
  );
}

function Said({ facts }: { facts: Parameters<typeof estimate>[0] }) {
  const { computeMs, wall } = estimate(facts);
  return (
    <>
      <p>
        {wall
          ? text.wall(formatDuration(wall.least), formatDuration(wall.most), facts.threads)
          : text.nobody}
      </p>
      <p className={css.help}>{text.compute(formatDuration(computeMs))}</p>
    </>
  );
}
