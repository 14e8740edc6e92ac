import { type LoadStyle, startLoadNode } from './load-node.ts';

/** The load generator's process: `node load.ts URL NODES STYLE-AS-JSON`. It runs until it is killed. */
const [url, nodes, style] = process.argv.slice(2);
const parsed = JSON.parse(style) as LoadStyle;
for (let i = 0; i < Number(nodes); i++) await startLoadNode(url, parsed);
