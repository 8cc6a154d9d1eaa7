/** Finds the optional fields of a part that an operation selects. Dashly sends them only on request. */

import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type SelectionNode,
} from 'graphql';
import { type OptionalPartField, optionalPartFields } from '../conversation/part.ts';
import type { Variables } from '../executor/variables.ts';

type Selection = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>;

const optionalNames: ReadonlySet<string> = new Set(optionalPartFields);

/** The result for a field without directives is the same for every request, and documents are cached. */
const known = new WeakMap<FieldNode, ReadonlySet<OptionalPartField>>();

/** Searches both parts of `replyToConversation`. */
export function optionalFieldsOfReply(info: Selection): ReadonlySet<OptionalPartField> {
  return selectedOptionalFields(info, [['part'], ['assignPart']]);
}

/** Searches the parts of a connection. */
export function optionalFieldsOfConnection(info: Selection): ReadonlySet<OptionalPartField> {
  return selectedOptionalFields(info, [['nodes'], ['edges', 'node']]);
}

/** Includes fragments, and evaluates `@skip` and `@include`. `paths` are the paths of parts below the field. */
function selectedOptionalFields(
  info: Selection,
  paths: readonly (readonly string[])[],
): ReadonlySet<OptionalPartField> {
  const [node, ...merged] = info.fieldNodes;
  const remembered = node && known.get(node);
  if (remembered && merged.length === 0) return remembered;

  const walk = { info, isConstant: true };
  const parts = paths.flatMap((path) =>
    path.reduce(
      (nodes: readonly FieldNode[], step) =>
        fieldsBelow(nodes, walk).filter(({ name }) => name.value === step),
      info.fieldNodes,
    ),
  );
  const names = fieldsBelow(parts, walk).map(({ name }) => name.value);
  const selected = new Set(names.filter(isOptionalField));
  if (node && merged.length === 0 && walk.isConstant) known.set(node, selected);
  return selected;
}

function isOptionalField(name: string): name is OptionalPartField {
  return optionalNames.has(name);
}

interface Walk {
  readonly info: Selection;
  /** False after a directive: its variables may differ in the next request. */
  isConstant: boolean;
}

function fieldsBelow(nodes: readonly FieldNode[], walk: Walk): FieldNode[] {
  const visited = new Set<string>();
  return nodes.flatMap((node) => fieldsIn(node.selectionSet?.selections ?? [], visited, walk));
}

/** Spreading a fragment again adds nothing. Without `visited`, fragments that spread each other twice take exponential time. */
function fieldsIn(selections: readonly SelectionNode[], visited: Set<string>, walk: Walk): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.directives?.length) walk.isConstant = false;
    if (!isIncluded(selection, walk.info.variableValues)) return [];
    if (selection.kind === 'Field') return [selection];
    if (selection.kind === 'InlineFragment')
      return fieldsIn(selection.selectionSet.selections, visited, walk);
    const name = selection.name.value;
    if (visited.has(name)) return [];
    visited.add(name);
    return fieldsIn(walk.info.fragments[name]?.selectionSet.selections ?? [], visited, walk);
  });
}

/** @throws GraphQLError if a condition is null. */
function isIncluded(selection: SelectionNode, variables: Variables): boolean {
  if (!selection.directives?.length) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variables);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variables);
  return skip?.['if'] !== true && include?.['if'] !== false;
}
