/** Measures what a document asks for, with every fragment counted as often as it is used. */

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** Of the largest operation in the document. */
export interface DocumentMeasures {
  /** How many levels of fields there are. */
  readonly depth: number;
  /** How many fields have a name of the caller's choice. */
  readonly aliases: number;
  /** How many fields `replyToConversation` there are, under as many names. */
  readonly replies: number;
  /** How many selections are merged into one field of the answer; validation compares each with each other. */
  readonly merged: number;
  /** How often the arguments use one variable, of the one that they use most; each use is a copy of its value. */
  readonly variableUses: number;
}

interface SelectionMeasures {
  readonly depth: number;
  readonly merged: number;
  /** How often each field is selected on the first level, by its name in the answer. */
  readonly times: ReadonlyMap<string, number>;
  readonly aliases: number;
  /** The names in the answer of the fields `replyToConversation` on the first level. */
  readonly replyNames: ReadonlySet<string>;
  /** By the names of variables. */
  readonly uses: ReadonlyMap<string, number>;
}

const nothing: SelectionMeasures = {
  depth: 0,
  merged: 0,
  times: new Map(),
  aliases: 0,
  replyNames: new Set(),
  uses: new Map(),
};

/** Takes its time by the length of the document, however often fragments use each other. It need not be valid. */
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
    // A fragment that uses itself is refused by validation.
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
        addUses(below.uses);
        if (selection.name.value === 'replyToConversation') {
          replyNames.add((selection.alias ?? selection.name).value);
        }
      } else {
        const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
        const inside = isSpread ? measureFragment(selection.name.value) : measure(selection.selectionSet);
        depth = Math.max(depth, inside.depth);
        merged = Math.max(merged, inside.merged);
        // A fragment that is spread again adds no selection.
        if (!isSpread || !spreads.has(selection.name.value)) add(times, inside.times);
        if (isSpread) spreads.add(selection.name.value);
        aliases += inside.aliases;
        addUses(inside.uses);
        for (const name of inside.replyNames) replyNames.add(name);
      }
    }
    merged = Math.max(merged, ...times.values());
    return { depth, merged, times, aliases, replyNames, uses };
  }

  const operations = definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? [measure(node.selectionSet)] : [],
  );
  return {
    depth: Math.max(0, ...operations.map(({ depth }) => depth)),
    merged: Math.max(0, ...operations.map(({ merged }) => merged)),
    aliases: Math.max(0, ...operations.map(({ aliases }) => aliases)),
    replies: Math.max(0, ...operations.map(({ replyNames }) => replyNames.size)),
    variableUses: Math.max(0, ...operations.flatMap(({ uses }) => [...uses.values()])),
  };
}

/** The variables in the arguments of a field, as often as they use each. */
export function variablesIn({ arguments: args = [] }: FieldNode): string[] {
  const names: string[] = [];
  for (const { value } of args) visit(value, { Variable: ({ name }) => void names.push(name.value) });
  return names;
}
