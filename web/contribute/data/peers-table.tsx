import type { SwarmView } from '../../../worker/swarm/swarm-view.ts';
import { data as text } from '../../text/en/data.ts';
import { formatBytes } from '../../text/format.ts';
import { TableScroll } from '../../ui/table-scroll.tsx';
import css from './data.module.css';
import { shortPeer } from './say-data.ts';

/** The browsers that data is exchanged with now, and how much with each. */
export function PeersTable({ peers }: { peers: SwarmView['peers'] }) {
  const title = text.peers(peers.length);
  return (
    <details className={css.details}>
      <summary>{title}</summary>
      {peers.length === 0 ? (
        <p className={css.soft}>{text.noPeers}</p>
      ) : (
        <TableScroll label={title}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{text.peer}</th>
                <th scope="col">{text.received}</th>
                <th scope="col">{text.sent}</th>
              </tr>
            </thead>
            <tbody>
              {peers.map(({ peer, fromBytes, toBytes }) => (
                <tr key={peer}>
                  <th scope="row">
                    <code>{shortPeer(peer)}</code>
                  </th>
                  <td>{formatBytes(fromBytes)}</td>
                  <td>{formatBytes(toBytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
    </details>
  );
}
