import type { ShardDetail } from '../../shared/api/schemas.ts';
import { job as jobText } from '../text/en/job.ts';
import { formatMoment } from '../text/format.ts';
import { ContentView } from '../ui/content-view.tsx';
import { outcomeText } from './content.ts';
import css from './shard-drawer.module.css';

const text = jobText.shard;

/** What one node answered for a shard, with its signature. */
export function Replica({ replica }: { replica: ShardDetail['replicas'][number] }) {
  const { agreed, message, stderr } = replica;
  const verdict = agreed === null ? 'undecided' : agreed ? 'agreed' : 'disagreed';
  return (
    <li className={css.replica} data-verdict={verdict}>
      <p className={css.verdict}>{text[verdict]}</p>
      <dl className={css.facts}>
        <Fact name={text.outcome} value={outcomeText(replica.outcome)} />
        <Fact name={text.at} value={formatMoment(replica.at)} />
        <Fact name={text.node} value={replica.node} code />
        <Fact name={text.digest} value={replica.digest} code />
        <Fact name={text.signature} value={replica.signature} code />
      </dl>
      {message !== '' && <p>{message}</p>}
      {stderr !== '' && <ContentView label={jobText.results.stderr} content={stderr} />}
    </li>
  );
}

function Fact({ name, value, code }: { name: string; value: string; code?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{code ? <code>{value}</code> : value}</dd>
    </div>
  );
}
