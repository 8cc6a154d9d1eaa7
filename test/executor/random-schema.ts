/** Generates schemas whose resolvers cover all kinds of behaviour, the same for the same seed and path. */

import {
  GraphQLEnumType,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
} from 'graphql';
import { seededRandom } from '../support/random-selection.ts';

/** What resolvers may do; all other behaviour occurs in all schemas. */
export interface Behaviour {
  /** How often a resolver, or an item of a list, is a promise. */
  readonly promises: number;
  /** How often one fails. */
  readonly failures: number;
}

/** The context, in which resolvers log their calls with the arguments. */
export interface CallLog {
  readonly calls: string[];
}

const Odd = new GraphQLScalarType({
  name: 'Odd',
  serialize(value) {
    if (value === 'nothing') return null;
    if (value === 'wrong') throw new Error('Odd cannot represent this.');
    return { value };
  },
});
const Color = new GraphQLEnumType({ name: 'Color', values: { RED: { value: 1 }, BLUE: { value: 2 } } });

export function randomSchema(seed: number, behaviour: Behaviour): GraphQLSchema {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

  const wrap = (type: GraphQLOutputType, depth = 0): GraphQLOutputType => {
    const chance = random();
    if (chance < 0.3 && !isNonNullType(type)) return wrap(new GraphQLNonNull(type), depth);
    return chance < 0.55 && depth < 2 ? wrap(new GraphQLList(type), depth + 1) : type;
  };
  const anyType = (): GraphQLOutputType =>
    wrap(
      random() < 0.5
        ? pick([GraphQLString, GraphQLInt, Odd, Color])
        : pick([...objects, ...interfaces, union]),
    );

  const fieldsOf = (names: readonly string[]): GraphQLFieldConfigMap<unknown, CallLog> =>
    Object.fromEntries(
      names.map((name) => [
        name,
        {
          type: anyType(),
          args:
            random() < 0.3
              ? { size: { type: GraphQLInt, defaultValue: 5 }, other: { type: GraphQLInt } }
              : {},
          resolve: (_source: unknown, args: object, context: CallLog, info: GraphQLResolveInfo) =>
            resolveAtRandom(seed, behaviour, args, context, info),
        },
      ]),
    );
  const resolveType = (value: unknown) => {
    const { typeName, isSlow } = value as { typeName: string; isSlow: boolean };
    if (typeName === 'throws') throw new Error('The type is not known.');
    return isSlow ? Promise.resolve(typeName) : typeName;
  };

  const interfaces: GraphQLInterfaceType[] = [];
  const objects: GraphQLObjectType[] = [];
  const union = new GraphQLUnionType({ name: 'Any', types: () => objects.slice(0, 3), resolveType });
  const shared = [0, 1].map((index) => {
    let fields: GraphQLFieldConfigMap<unknown, CallLog> | null = null;
    return () => {
      fields ??= fieldsOf([`s${index}`, `t${index}`]);
      return fields;
    };
  });
  for (const [index, fields] of shared.entries()) {
    interfaces.push(new GraphQLInterfaceType({ name: `I${index}`, fields, resolveType }));
  }
  for (let index = 0; index < 4; index++) {
    // Each interface has an object.
    const implemented = interfaces.filter(() => index === 0 || random() < 0.6);
    objects.push(
      new GraphQLObjectType({
        name: `O${index}`,
        interfaces: implemented,
        fields: () => ({
          ...fieldsOf(['id', `f${index}`, 'g']),
          ...Object.assign({}, ...implemented.map((it) => shared[interfaces.indexOf(it)]?.())),
        }),
      }),
    );
  }
  const root = (name: string) =>
    new GraphQLObjectType({ name, fields: () => fieldsOf(['a', 'b', 'c', 'd']) });
  return new GraphQLSchema({ query: root('Query'), mutation: root('Mutation'), types: objects });
}

/** The behaviour at a path depends on the seed and on the path only. */
function resolveAtRandom(
  seed: number,
  { promises, failures }: Behaviour,
  args: object,
  { calls }: CallLog,
  info: GraphQLResolveInfo,
): unknown {
  const path = responsePathAsArray(info.path).join('.');
  const lines = info.fieldNodes.map(({ loc }) => loc?.start).join();
  const known = JSON.stringify([args, info.variableValues, Object.keys(info.fragments)]);
  calls.push(`${path} ${info.parentType.name}.${info.fieldName}: ${info.returnType} ${known} ${lines}`);
  const random = seededRandom(hash(`${seed} ${path}`));

  const maybeLater = (make: () => unknown, chance = promises): unknown => {
    if (random() >= chance) return make();
    const ticks = Math.floor(random() * 6);
    return ticks === 5 ? immediate().then(make) : microtasks(ticks).then(make);
  };
  const randomValue = (type: GraphQLOutputType): unknown => {
    if (isNonNullType(type)) return randomValue(type.ofType);
    const chance = random();
    if (chance < failures * 0.3) return null;
    if (chance < failures * 0.5) return new Error(`Returned at ${path}.`);
    if (chance < failures * 0.8) throw new Error(`Thrown at ${path}.`);
    if (chance < failures) return isListType(type) ? 5 : 'wrong';
    if (isListType(type)) {
      const length = Math.floor(random() * 3);
      const items = Array.from({ length }, () => itemOf(type.ofType));
      return random() < 0.2 ? new Set(items) : items;
    }
    if (isObjectType(type)) return {};
    if (isAbstractType(type)) {
      const possible = info.schema.getPossibleTypes(type);
      const typeName = possible[Math.floor(random() * possible.length)]?.name ?? '';
      return { typeName: random() < failures * 0.2 ? 'throws' : typeName, isSlow: random() < promises };
    }
    return type === GraphQLString ? `at ${path}` : 1 + Math.floor(random() * 2);
  };
  // If an item fails at once, graphql-js leaves rejections of the others unhandled.
  const promisedItems = failures > 0 && promises > 0 ? 1 : promises;
  const itemOf = (type: GraphQLOutputType): unknown => {
    try {
      return maybeLater(() => randomValue(type), promisedItems);
    } catch (error) {
      return error;
    }
  };
  return maybeLater(() => randomValue(info.returnType));
}

async function microtasks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) await null;
}

function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function hash(text: string): number {
  let sum = 7;
  for (const char of text) sum = (Math.imul(sum, 31) + char.charCodeAt(0)) | 0;
  return sum;
}
