/** Computes the cost of a document. Each fragment counts as often as it is used. */

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { maxPartsPerPage } from '../conversation/reading/read-parts.ts';
import { fieldNamesWith } from './extensions.ts';
import { schema } from './schema.ts';

/** The fields that send a reply. The document may be invalid, so a field counts by its name, whatever its type. */
export const replyFields = fieldNamesWith(schema, 'sendsReply');

/** The fields that read the parts of a conversation. */
export const readFields = fieldNamesWith(schema, 'readsParts');

/** The maximum of each measure over the operations of the document. */
export interface DocumentMeasures {
  /** The number of levels of fields. */
  readonly depth: number;
  /** The number of fields with an alias. */
  readonly aliases: number;
  /** The length of the longest alias, in characters. */
  readonly aliasLength: number;
  /** The number of fields with different response names that send a reply. */
  readonly replies: number;
  /** The number of fields that read parts. A nested one counts once for each part of the outer one. */
  readonly reads: number;
  /** The largest number of selections merged into one field of the response. Validation compares all pairs of them. */
  readonly merged: number;
  /** The uses of the variable that the arguments use most. Each use copies its value. */
  readonly variableUses: number;
}

interface SelectionMeasures {
  readonly depth: number;
  readonly merged: number;
  /** How often each field is selected on the first level, by its response name. */
  readonly times: ReadonlyMap<string, number>;
  readonly aliases: number;
  readonly aliasLength: number;
  readonly reads: number;
  /** The response names of the fields on the first level that send a reply. */
  readonly replyNames: ReadonlySet<string>;
  /** How often the arguments use each variable, by its name. */
  readonly uses: ReadonlyMap<string, number>;
}

const nothing: SelectionMeasures = {
  depth: 0,
  merged: 0,
  times: new Map(),
  aliases: 0,
  aliasLength: 0,
  reads: 0,
  replyNames: new Set(),
  uses: new Map(),
};

/** Runs in linear time in the length of the document, even if fragments use each other many times. The document may be invalid. */
export function measureDocument({ definitions }: DocumentNode): DocumentMeasures {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const measured = new Map<string, SelectionMeasures>();

  function measureFragment(name: string): SelectionMeasures {
    const known = measured.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    // Ends the recursion of a fragment that uses itself; validation rejects it.
    measured.set(name, nothing);
    const measures = fragment ? measure(fragment.selectionSet) : nothing;
    measured.set(name, measures);
    return measures;
  }

  function measure({ selections }: SelectionSetNode): SelectionMeasures {
    let depth = 0;
    let merged = 0;
    const times = new Map<string, number>();
    const spreads = new Set<string>();
    let aliases = 0;
    let aliasLength = 0;
    let reads = 0;
    const replyNames = new Set<string>();
    const uses = new Map<string, number>();
    const add = (to: Map<string, number>, more: Iterable<readonly [string, number]>): void => {
      for (const [name, count] of more) to.set(name, (to.get(name) ?? 0) + count);
    };
    const addUses = (more: Iterable<readonly [string, number]>): void => add(uses, more);
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        addUses(variablesIn(selection).map((name) => [name, 1]));
        const below = selection.selectionSet ? measure(selection.selectionSet) : nothing;
        depth = Math.max(depth, below.depth + 1);
        merged = Math.max(merged, below.merged);
        add(times, [[(selection.alias ?? selection.name).value, 1]]);
        aliases += below.aliases + (selection.alias ? 1 : 0);
        aliasLength = Math.max(aliasLength, below.aliasLength, selection.alias?.value.length ?? 0);
        // Each part of a page has a conversation that the document may read again.
        reads += readFields.has(selection.name.value) ? 1 + maxPartsPerPage * below.reads : below.reads;
        addUses(below.uses);
        if (replyFields.has(selection.name.value)) {
          replyNames.add((selection.alias ?? selection.name).value);
        }
      } else {
        const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
        const inside = isSpread ? measureFragment(selection.name.value) : measure(selection.selectionSet);
        depth = Math.max(depth, inside.depth);
        merged = Math.max(merged, inside.merged);
        // Spreading a fragment again adds no selection.
        if (!isSpread || !spreads.has(selection.name.value)) add(times, inside.times);
        if (isSpread) spreads.add(selection.name.value);
        aliases += inside.aliases;
        aliasLength = Math.max(aliasLength, inside.aliasLength);
        reads += inside.reads;
        addUses(inside.uses);
        for (const name of inside.replyNames) replyNames.add(name);
      }
    }
    merged = Math.max(merged, ...times.values());
    return { depth, merged, times, aliases, aliasLength, reads, replyNames, uses };
  }

  const operations = definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? [measure(node.selectionSet)] : [],
  );
  return {
    depth: Math.max(0, ...operations.map(({ depth }) => depth)),
    merged: Math.max(0, ...operations.map(({ merged }) => merged)),
    aliases: Math.max(0, ...operations.map(({ aliases }) => aliases)),
    aliasLength: Math.max(0, ...operations.map(({ aliasLength }) => aliasLength)),
    reads: Math.max(0, ...operations.map(({ reads }) => reads)),
    replies: Math.max(0, ...operations.map(({ replyNames }) => replyNames.size)),
    variableUses: Math.max(0, ...operations.flatMap(({ uses }) => [...uses.values()])),
  };
}

/** Lists the variables in the arguments of a field, each as often as it is used. */
export function variablesIn({ arguments: args = [] }: FieldNode): string[] {
  const names: string[] = [];
  for (const { value } of args) visit(value, { Variable: ({ name }) => void names.push(name.value) });
  return names;
}
