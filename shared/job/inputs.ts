import { fromUtf8 } from '../bytes.ts';
import { ManyhandsError } from '../errors.ts';
import { axisLength, axisValue } from './axis.ts';
import { MAX_SHARDS } from './limits.ts';
import type { Inputs } from './spec.ts';

/** Template fields of one shard; only `content` is bytes. */
export type Fields = Record<string, string | number | Uint8Array>;
/** Fields that a result row shows: no contents. */
export type PublicFields = Record<string, string | number>;

/** What only the file knows about file-backed inputs; a `SliceIndex` is one. */
export interface FileFacts {
  /** Lines (in groups of `perShard`) or chunks of the file. */
  shards: number;
  /** Place of a chunk in the file; absent for lines. */
  offsetOf?(shard: number): number;
}

/** A file-backed shard's own bytes: the lines, the chunk, or the whole file. */
export interface ShardContent {
  bytes: Uint8Array;
  /** Place of the first byte in the file. */
  offset: number;
}

/**
 * Number of shards of a job's inputs; O(1), but O(axes) for a grid.
 * `facts` are needed for `lines` and `chunks`.
 * @throws ManyhandsError RANGE_BACKWARDS, GRID_AXIS_EMPTY, GRID_AXIS_DUPLICATE, GRID_AXIS_RESERVED,
 * INPUT_EMPTY, TOO_MANY_SHARDS.
 */
export function countShards(inputs: Inputs, facts?: FileFacts): number {
  const count = countOf(inputs, facts);
  if (count === 0) {
    throw new ManyhandsError('INPUT_EMPTY', 'The input file is empty: there is nothing to run.');
  }
  if (count > MAX_SHARDS) {
    throw new ManyhandsError(
      'TOO_MANY_SHARDS',
      `These inputs make more than ${MAX_SHARDS} shards. Use a larger step or fewer values.`,
      { limit: MAX_SHARDS },
    );
  }
  return count;
}

function countOf(inputs: Inputs, facts: FileFacts | undefined): number {
  switch (inputs.kind) {
    case 'range': {
      const { from, to, step } = inputs;
      if (from > to) {
        throw new ManyhandsError(
          'RANGE_BACKWARDS',
          `The range runs from ${from} to ${to}, which is backwards. Swap its ends.`,
          { from, to },
        );
      }
      return Number((BigInt(to) - BigInt(from)) / BigInt(step) + 1n);
    }
    case 'grid': {
      const names = new Set<string>();
      let count = 1;
      for (const axis of inputs.axes) {
        checkAxisName(axis.name, names);
        count *= axisLength(axis);
      }
      return count;
    }
    case 'files':
      return inputs.files.length;
    case 'parts':
      return inputs.shards;
    case 'lines':
    case 'chunks':
      if (!facts) throw new TypeError(`${inputs.kind} are counted with the index of their file`);
      return facts.shards;
  }
}

function checkAxisName(name: string, names: Set<string>) {
  // The second is no property that an object can be given.
  if (name === 'shard' || name === '__proto__') {
    throw new ManyhandsError(
      'GRID_AXIS_RESERVED',
      `An axis cannot be named "${name}", which has a meaning of its own. Choose another name.`,
      { axis: name },
    );
  }
  if (names.has(name)) {
    throw new ManyhandsError('GRID_AXIS_DUPLICATE', `Two axes are named "${name}". Rename one.`, {
      axis: name,
    });
  }
  names.add(name);
}

/** Names of the template fields that these inputs give, `shard` first. */
export function fieldNames(inputs: Inputs): string[] {
  switch (inputs.kind) {
    case 'range':
      return ['shard', 'i'];
    case 'grid':
      return ['shard', ...inputs.axes.map((axis) => axis.name)];
    case 'lines':
      return ['shard', 'line', 'number'];
    case 'files':
      return ['shard', 'name', 'content'];
    case 'chunks':
      return ['shard', 'content', 'offset'];
    case 'parts':
      return ['shard', 'content'];
  }
}

/**
 * Template fields of shard `shard`, which must be below `countShards`; O(1), but O(axes) for a
 * grid. `content` is needed for `lines`, `files`, `chunks` and `parts`.
 */
export function inputFields(inputs: Inputs, shard: number, content?: ShardContent): Fields {
  switch (inputs.kind) {
    case 'range':
    case 'grid':
      return publicFields(inputs, shard);
    case 'lines':
      return {
        ...publicFields(inputs, shard),
        line: lineText(needed(content).bytes),
      };
    case 'files':
    case 'parts':
      return { ...publicFields(inputs, shard), content: needed(content).bytes };
    case 'chunks': {
      const { bytes, offset } = needed(content);
      return { shard, content: bytes, offset };
    }
  }
}

/** The fields of a shard that can be told without reading any file: what a result row shows. */
export function publicFields(inputs: Inputs, shard: number, facts?: FileFacts): PublicFields {
  switch (inputs.kind) {
    case 'range':
      return { shard, i: rangeValue(inputs.from, inputs.step, shard) };
    case 'grid': {
      const fields: PublicFields = { shard };
      const values: (string | number)[] = [];
      let rest = shard;
      for (const axis of inputs.axes.toReversed()) {
        const length = axisLength(axis);
        values.push(axisValue(axis, rest % length));
        rest = Math.floor(rest / length);
      }
      for (const axis of inputs.axes) fields[axis.name] = values.pop() as string | number;
      return fields;
    }
    case 'lines':
      return { shard, number: shard * inputs.perShard + 1 };
    case 'files':
      return { shard, name: inputs.files[shard].name };
    case 'parts':
      return { shard };
    case 'chunks': {
      const offset = facts?.offsetOf?.(shard);
      return offset === undefined ? { shard } : { shard, offset };
    }
  }
}

function rangeValue(from: number, step: number, shard: number): number {
  const distance = shard * step;
  // From the lowest to the highest integer is farther than a double counts exactly.
  if (Number.isSafeInteger(distance)) return from + distance;
  return Number(BigInt(from) + BigInt(step) * BigInt(shard));
}

/** A shard's lines as text: without the last line end, with \n between several. */
function lineText(bytes: Uint8Array): string {
  return fromUtf8(bytes)
    .replace(/\r?\n$/, '')
    .replaceAll('\r\n', '\n');
}

function needed(content: ShardContent | undefined): ShardContent {
  if (!content) throw new TypeError('file-backed shards need their content');
  return content;
}
