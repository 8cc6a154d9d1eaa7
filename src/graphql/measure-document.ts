/** Measures what a document asks for, with every fragment counted as often as it is used. */

import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** Of the largest operation in the document. */
export interface DocumentMeasures {
  /** How many levels of fields there are. */
  readonly depth: number;
  /** How many fields have a name of the caller's choice. */
  readonly aliases: number;
  /** How many fields `replyToConversation` there are, under as many names. */
  readonly replies: number;
}

interface SelectionMeasures {
  readonly depth: number;
  readonly aliases: number;
  /** The names in the answer of the fields `replyToConversation` on the first level. */
  readonly replyNames: ReadonlySet<string>;
}

const nothing: SelectionMeasures = { depth: 0, aliases: 0, replyNames: new Set() };

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
    let aliases = 0;
    const replyNames = new Set<string>();
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const below = selection.selectionSet ? measure(selection.selectionSet) : nothing;
        depth = Math.max(depth, below.depth + 1);
        aliases += below.aliases + (selection.alias ? 1 : 0);
        if (selection.name.value === 'replyToConversation') {
          replyNames.add((selection.alias ?? selection.name).value);
        }
      } else {
        const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
        const inside = isSpread ? measureFragment(selection.name.value) : measure(selection.selectionSet);
        depth = Math.max(depth, inside.depth);
        aliases += inside.aliases;
        for (const name of inside.replyNames) replyNames.add(name);
      }
    }
    return { depth, aliases, replyNames };
  }

  const operations = definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? [measure(node.selectionSet)] : [],
  );
  return {
    depth: Math.max(0, ...operations.map(({ depth }) => depth)),
    aliases: Math.max(0, ...operations.map(({ aliases }) => aliases)),
    replies: Math.max(0, ...operations.map(({ replyNames }) => replyNames.size)),
  };
}
