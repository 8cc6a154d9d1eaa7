/** Generates selections for a type of a schema, mostly valid, and the same for the same seed. */

import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
} from 'graphql';

/** Numbers from 0 to below 1, by mulberry32. */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface RandomSelection {
  /** Includes the braces. */
  readonly text: string;
  /** Definitions of the fragments that the selection spreads. */
  readonly fragments: string;
}

const directives = [
  '@skip(if: $a)',
  '@skip(if: $b)',
  '@include(if: $a)',
  '@include(if: $b)',
  '@include(if: true)',
];

/** The selection may use two Boolean variables, `$a` and `$b`, and an Int, `$n`, for the arguments of fields. */
export function randomSelection(schema: GraphQLSchema, typeName: string, random: Random): RandomSelection {
  const fragments: string[] = [];
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const chance = (probability: number): boolean => random() < probability;
  const directive = (): string => (chance(0.2) ? ` ${pick(directives)}` : '');

  const selectionOf = (type: GraphQLCompositeType, depth: number): string => {
    const count = 1 + Math.floor(random() * 5);
    return `{ ${Array.from({ length: count }, () => selectOne(type, depth)).join(' ')} }`;
  };

  const selectOne = (type: GraphQLCompositeType, depth: number): string => {
    const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
    if (depth > 0 && (fields.length === 0 || chance(0.25))) return selectFragment(type, depth - 1);
    const field = pick(fields.filter((it) => depth > 0 || !isCompositeType(getNamedType(it.type))));
    if (!field || chance(0.1)) return `${chance(0.3) ? 'kind: ' : ''}__typename${directive()}`;
    const alias = chance(0.15) ? `${pick(['x', 'y', 'id', 'zz'])}: ` : '';
    const args = field.args.filter(() => chance(0.5)).map(({ name }) => `${name}: ${pick(['$n', '7'])}`);
    const argsText = args.length > 0 ? `(${args.join(', ')})` : '';
    return `${alias}${field.name}${argsText}${directive()}${selectionBelow(field.type, depth - 1)}`;
  };

  const selectFragment = (type: GraphQLCompositeType, depth: number): string => {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    const interfaces = isObjectType(type)
      ? type.getInterfaces()
      : possible.flatMap((it) => it.getInterfaces());
    const condition = pick<GraphQLCompositeType>([type, ...possible, ...interfaces]);
    const body = `${selectionOf(condition, depth)}`;
    if (chance(0.5)) return `... on ${condition.name}${directive()} ${body}`;
    const name = `F${fragments.length}`;
    fragments.push(`fragment ${name} on ${condition.name} ${body}`);
    const spread = `...${name}${directive()}`;
    return chance(0.3) ? `${spread} ...${name}${directive()}` : spread;
  };

  const selectionBelow = (type: GraphQLOutputType, depth: number): string => {
    const named = getNamedType(type);
    return isCompositeType(named) ? ` ${selectionOf(named, depth)}` : '';
  };

  const type = schema.getType(typeName);
  if (!isCompositeType(type)) throw new Error(`${typeName} has no fields.`);
  const text = selectionOf(type, 4);
  return { text, fragments: fragments.join('\n') };
}
