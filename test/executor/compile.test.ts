/** A compiled operation executes as graphql-js does: same data, same errors, same calls of resolvers in the same order. */

import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
  isInterfaceType,
  lexicographicSortSchema,
  parse,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { createCompileOperation } from '../../src/executor/compile.ts';
import type { Variables } from '../../src/executor/variables.ts';
import { randomSelection, seededRandom } from '../support/random-selection.ts';
import { type Behaviour, type CallLog, randomSchema } from './random-schema.ts';

interface Executed {
  readonly result: string;
  readonly isSync: boolean;
  readonly calls: readonly string[];
}

type Execute = (context: CallLog) => ExecutionResult | PromiseLike<ExecutionResult>;

async function watch(run: Execute): Promise<Executed> {
  const calls: string[] = [];
  const answer = run({ calls });
  const isSync = !('then' in answer);
  const result = JSON.stringify(await answer);
  // Resolvers that run after the result do not count: a field that failed has ended its parent.
  return { result, isSync, calls: [...calls] };
}

function compile(schema: GraphQLSchema, document: DocumentNode, operationName?: string) {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('There is no operation.');
  return createCompileOperation<CallLog>(schema)(document, operation);
}

/** By graphql-js and by the compiled operation. */
async function executeBoth(schema: GraphQLSchema, query: string, variableValues: Variables) {
  const document = parse(query);
  const compiled = compile(schema, document);
  return {
    fieldCount: compiled.fieldCount,
    expected: await watch((contextValue) => execute({ schema, document, contextValue, variableValues })),
    actual: await watch((context) => compiled.execute(context, variableValues)),
  };
}

/** The messages for an impossible type and for a value that serializes to nothing are our own. */
const comparable = ({ result, ...others }: Executed) => ({
  ...others,
  result: result
    .replaceAll(
      /\\"undefined\\" is not a possible type of|Abstract type \\"\w+\\" must resolve[^}]*?isTypeOf/g,
      '…',
    )
    .replaceAll(/"message":"…[^}]*?"locations"/g, '"message":"…","locations"'),
});

const flags = [
  { a: true, b: true },
  { a: true, b: false },
  { a: false, b: true },
  { a: false, b: false },
];

const behaviours: [name: string, behaviour: Behaviour][] = [
  ['return values', { promises: 0, failures: 0 }],
  ['return values and fail', { promises: 0, failures: 0.2 }],
  ['return promises', { promises: 0.3, failures: 0 }],
  ['return promises, which may fail', { promises: 0.3, failures: 0.15 }],
  ['return promises only, which fail often', { promises: 1, failures: 0.3 }],
];

describe('random operations of random schemas whose resolvers', () => {
  test.each(behaviours)('%s', async (_name, behaviour) => {
    let planned = 0;
    let withErrors = 0;
    const differences: unknown[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const schema = randomSchema(seed, behaviour);
      const random = seededRandom(seed * 7_919);
      for (let count = 0; count < 8; ) {
        const kind = random() < 0.5 ? 'Query' : 'Mutation';
        const { text, fragments } = randomSelection(schema, kind, random);
        const size = text.includes('$n') || fragments.includes('$n') ? '$n: Int' : '';
        const query = `${kind.toLowerCase()} ($a: Boolean!, $b: Boolean! ${size}) {
          usesA: __typename @skip(if: $a) usesB: __typename @skip(if: $b) ... ${text} } ${fragments}`;
        if (validate(schema, parse(query)).length > 0) continue;
        count++;
        for (const given of flags) {
          const variables = size && random() < 0.7 ? { ...given, n: 3 } : given;
          const { expected, actual, fieldCount } = await executeBoth(schema, query, variables);
          if (fieldCount > 0) planned++;
          if (expected.result.includes('"errors"')) withErrors++;
          const pair = [comparable(expected), comparable(actual)];
          if (JSON.stringify(pair[0]) !== JSON.stringify(pair[1]))
            differences.push({ seed, query, variables, pair });
        }
      }
    }
    expect(differences.slice(0, 2)).toEqual([]);
    expect(planned).toBeGreaterThan(300);
    expect(withErrors > 50).toBe(behaviour.failures > 0);
  });
});

const animals = buildSchema(`
  type Query { animal: Animal  animals: [Animal!]  size(of: Int = 1): Int  echo(text: String): String }
  type Mutation { first: Int  second: Int!  third: Int }
  interface Animal { name: String!  friend: Animal }
  type Cat implements Animal { name: String!  friend: Animal  lives: Int }
  type Dog implements Animal { name: String!  friend: Animal  barks: Boolean }
`);

/** Values for the fields of the root types; a function is called. */
type RootValues = Record<string, unknown>;

function animalSchema(values: RootValues): GraphQLSchema {
  const schema = lexicographicSortSchema(animals);
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      field.resolve = (_source, args, context, info) => {
        context.calls.push(`${info.path.key} ${JSON.stringify(args)}`);
        const value = values[field.name];
        return typeof value === 'function' ? value(args) : value;
      };
    }
  }
  const animal = schema.getType('Animal');
  if (isInterfaceType(animal)) animal.resolveType = ({ lives }) => (lives === undefined ? 'Dog' : 'Cat');
  return schema;
}

const tom = { name: 'Tom', lives: 9, friend: { name: 'Rex', barks: true } };

test.each<[name: string, query: string, isPlanned: boolean]>([
  ['a fragment with a condition, and again without', '{ animal { ...F @include(if: $a) name ...F } }', false],
  ['a fragment, and again with a condition', '{ animal { ...F name ...F @include(if: $a) } }', true],
  [
    'a fragment with a condition, and again with the same',
    '{ animal { ...F @skip(if: $a) name ...F @skip(if: $a) } }',
    true,
  ],
  [
    'a fragment with a condition, and again with another',
    '{ animal { ...F @skip(if: $a) name ...F @skip(if: $b) } }',
    false,
  ],
  [
    'a fragment of another type, with a condition and again without',
    '{ animal { ...D @skip(if: $a) name ...D ...F } }',
    false,
  ],
  [
    'a field with a condition, and again without',
    '{ animal { name @skip(if: $a) __typename name ...F } }',
    false,
  ],
  ['a field, and again with a condition', '{ animal { name ...F name @skip(if: $a) } }', true],
  [
    'fields below each of two nodes',
    '{ animal { friend { name } friend @skip(if: $a) { __typename ... @include(if: $b) { friend { name } } } ...F } }',
    true,
  ],
  [
    'fields that the second node selects first',
    '{ animal { friend { ... @include(if: $a) { name } } friend @skip(if: $b) { name __typename } ...F } }',
    false,
  ],
  [
    'a condition inside the same condition',
    '{ animal { ... @skip(if: $a) { name ... @skip(if: $a) { name ...F } } } }',
    true,
  ],
  [
    'conditions that exclude each other',
    '{ animal { ...F ... @skip(if: $a) { name @include(if: $a) } } }',
    true,
  ],
  ['an empty selection', '{ animal @skip(if: $a) { name @include(if: $b) ...F } }', true],
  ['constant conditions', '{ animal { name @skip(if: true) n: name @include(if: true) ...F } }', true],
  [
    'an argument from a variable, or its default',
    '{ size size7: size(of: 7) echo(text: "x") animal { ...F } }',
    true,
  ],
  [
    'names of properties of Object.prototype',
    '{ __proto__: size constructor: size animal { then: name toString: name ...F } }',
    true,
  ],
  ['the schema', '{ __schema { queryType { name } } animal { ...F } }', false],
])('%s', async (_name, selection, isPlanned) => {
  const schema = animalSchema({
    animal: tom,
    size: ({ of }: { of: number }) => of,
    echo: ({ text }: { text: string }) => text,
  });
  const dog = selection.includes('...D') ? 'fragment D on Dog { barks }' : '';
  const query = `query ($a: Boolean!, $b: Boolean = true) { a: __typename @skip(if: $a) b: __typename @skip(if: $b) ... ${selection} }
    fragment F on Cat { lives friend { name } } ${dog}`;
  expect(validate(schema, parse(query))).toEqual([]);
  for (const variables of flags) {
    const { expected, actual, fieldCount } = await executeBoth(schema, query, variables);
    expect(actual).toEqual(expected);
    expect(actual.isSync).toBe(true);
    expect(fieldCount > 0).toBe(isPlanned);
  }
});

test('a condition that is null results in the error of graphql-js', async () => {
  const query = 'query ($a: Boolean = true) { animal { name @skip(if: $a) } }';
  const { expected, actual, fieldCount } = await executeBoth(animalSchema({ animal: tom }), query, {
    a: null,
  });
  expect(fieldCount).toBeGreaterThan(0);
  expect(actual).toEqual(expected);
  expect(actual.result).toContain('must not be null');
});

test('a missing variable results in the default of its argument, with any name', async () => {
  const schema = animalSchema({ size: ({ of }: { of: number }) => of });
  const query = 'query ($constructor: Int) { size(of: $constructor) }';
  for (const variables of [{}, Object.create(null), { constructor: 4 }, { constructor: null }]) {
    const { expected, actual } = await executeBoth(schema, query, variables);
    expect(actual).toEqual(expected);
  }
});

test('mutations run sequentially, and stop if a non-null one fails', async () => {
  const log: string[] = [];
  const slowly = (name: string, result: () => number) => async () => {
    log.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    log.push(`${name} ends`);
    return result();
  };
  const fail = () => {
    throw new Error('No.');
  };
  const schema = animalSchema({
    first: slowly('first', fail),
    second: slowly('second', fail),
    third: slowly('third', () => 3),
  });
  const query = 'mutation { a: third first b: third second third }';
  const { expected, actual, fieldCount } = await executeBoth(schema, query, {});
  expect(fieldCount).toBe(5);
  expect(actual).toEqual(expected);
  expect(JSON.parse(actual.result)).toMatchObject({
    data: null,
    errors: [{ path: ['first'] }, { path: ['second'] }],
  });
  const once = [
    'third begins',
    'third ends',
    'first begins',
    'first ends',
    'third begins',
    'third ends',
    'second begins',
    'second ends',
  ];
  expect(log).toEqual([...once, ...once]);
});

test('a list that fails synchronously leaves no unhandled rejection', async () => {
  const schema = animalSchema({ animals: () => [Promise.reject(new Error('Later.')), null] });
  const document = parse('{ animals { name } }');
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  const result = await compile(schema, document).execute({ calls: [] }, {});
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
  expect(result).toMatchObject({ data: { animals: null }, errors: [{ path: ['animals', 1] }] });
});

// Planning it completely would never end.
test('an operation that is too large is executed by graphql-js', async () => {
  const fragments = Array.from({ length: 30 }, (_, index) => {
    const next = index === 0 ? 'name' : `...F${index}`;
    return `fragment F${index + 1} on Animal { ${['a', 'b', 'c'].map((it) => `${it}: friend { ${next} }`).join(' ')} }`;
  });
  const query = `{ animal { ...F30 } } ${fragments.join(' ')}`;
  const schema = animalSchema({ animal: tom });
  expect(validate(schema, parse(query))).toEqual([]);
  const { expected, actual, fieldCount } = await executeBoth(schema, query, {});
  expect(fieldCount).toBe(0);
  expect(actual).toEqual(expected);
});
