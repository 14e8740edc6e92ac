import type { Command } from 'commander';
import type { ContributeOptions } from '../../worker/headless/contribute.ts';
import { parseBytesFrom } from './numbers.ts';

const MIB = 2 ** 20;
/** One program of the largest size and its data must fit; the page asks for as much. */
const LEAST_CACHE = '100MB';
/** Below, hardly a program could be fetched. */
const LEAST_CAP = '10MB';

/** Bytes, as the flags are read. */
export interface DataFlags {
  cache?: number;
  dataCap?: number;
}

/** The flags of a node that bound its data. */
export function addDataFlags(command: Command): Command {
  return command
    .option(
      '--cache <size>',
      'disk that downloaded data may take (default 1GB)',
      parseBytesFrom(LEAST_CACHE),
    )
    .option(
      '--data-cap <size>',
      'data sent and received in a day at most (default: no cap)',
      parseBytesFrom(LEAST_CAP),
    );
}

/** What was said of data; the rest is the node's to choose. */
export function dataLimits({ cache, dataCap }: DataFlags): ContributeOptions['data'] {
  return {
    ...(cache === undefined ? {} : { cacheMiB: cache / MIB }),
    ...(dataCap === undefined ? {} : { capMiB: dataCap / MIB }),
  };
}
