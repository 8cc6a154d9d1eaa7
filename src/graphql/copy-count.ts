/** Counts how often the bytes of one value can occur in a response. */

import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** With more merged selections the response counts as infinite. Five replies that select everything have about 1,000. */
const maxSelections = 20_000;

/** Fields of a connection that contain the same bytes count as one. */
const sameBytes = new Map([['nodes', 'edges']]);

/** The document must be valid. */
export class CopyCount {
  readonly #fragments: GraphQLResolveInfo['fragments'];
  readonly #readFields: ReadonlySet<string>;
  #selections = 0;

  /** `readFields` are the names of the fields that read parts. */
  constructor(fragments: GraphQLResolveInfo['fragments'], readFields: ReadonlySet<string>) {
    this.#fragments = fragments;
    this.#readFields = readFields;
  }

  /** Groups the nodes that are merged into one field of the response. */
  mergeFields(selectionSets: readonly SelectionSetNode[]): Iterable<readonly FieldNode[]> {
    const fields = new Map<string, FieldNode[]>();
    const visited = new Set<string>();
    const collect = (set: SelectionSetNode): void => {
      for (const selection of set.selections) {
        this.#selections++;
        if (selection.kind === Kind.FIELD) {
          const name = selection.name.value;
          const key = `${selection.alias?.value ?? name} ${name}`;
          const nodes = fields.get(key);
          if (nodes) nodes.push(selection);
          else fields.set(key, [selection]);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
        else if (!visited.has(selection.name.value)) {
          visited.add(selection.name.value);
          const fragment = this.#fragments[selection.name.value];
          if (fragment) collect(fragment.selectionSet);
        }
      }
    };
    for (const set of selectionSets) collect(set);
    return fields.values();
  }

  /**
   * Counts the copies in one value: its fields contain different bytes, but each alias of a field repeats the bytes of that field. Fields that
   * read parts contain bytes of another response.
   */
  copiesBelow(nodes: readonly FieldNode[]): number {
    const selectionSets = selectionSetsOf(nodes);
    if (selectionSets.length === 0) return 1;
    const copiesByName = new Map<string, number>();
    for (const merged of this.mergeFields(selectionSets)) {
      if (this.#selections > maxSelections) return Number.POSITIVE_INFINITY;
      const name = merged[0]?.name.value ?? '';
      const group = sameBytes.get(name) ?? name;
      const copies = this.#readFields.has(name) ? 1 : this.copiesBelow(merged);
      copiesByName.set(group, (copiesByName.get(group) ?? 0) + copies);
    }
    return Math.max(...copiesByName.values());
  }

  /** Counts the copies of all reads in one value, as if each read returned the same bytes. */
  readsBelow(nodes: readonly FieldNode[]): number {
    let copies = 0;
    for (const merged of this.mergeFields(selectionSetsOf(nodes))) {
      if (this.#selections > maxSelections) return Number.POSITIVE_INFINITY;
      copies += this.#readFields.has(merged[0]?.name.value ?? '')
        ? this.copiesBelow(merged)
        : this.readsBelow(merged);
    }
    return copies;
  }
}

const noFields: ReadonlySet<string> = new Set();

/** The result for a field is the same for every request, and documents are cached. */
const known = new WeakMap<FieldNode, number>();

/** How often the response can contain any one byte of the parts that the field reads. */
export function copiesOfRead({
  fieldNodes,
  fragments,
}: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): number {
  const [node, ...merged] = fieldNodes;
  const remembered = node && merged.length === 0 ? known.get(node) : undefined;
  if (remembered !== undefined) return remembered;
  const copies = new CopyCount(fragments, noFields).copiesBelow(fieldNodes);
  if (node && merged.length === 0) known.set(node, copies);
  return copies;
}

function selectionSetsOf(nodes: readonly FieldNode[]): readonly SelectionSetNode[] {
  return nodes.flatMap((node) => node.selectionSet ?? []);
}
