/** The subgraph composes under every composer, together with other subgraphs of every kind. */

import { readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';
import { expect, test } from 'vitest';
import { createSubgraph } from '../../src/graphql/federation.ts';
import { schema } from '../../src/graphql/schema.ts';
import type { Composer, Composition } from './compose.ts';
import { isFederationMissing } from './is-federation-missing.ts';

const composers: readonly Composer[] = [
  '@apollo/composition',
  '@theguild/federation-composition',
  '@wundergraph/composition',
];

/** Cosmo warns of `@oneOf` on an input with one field; the directive is there for further kinds of action. */
const ofOneField = /"@oneOf" is defined on Input Object "(?:Dashly)?ReplyActionInput", but only one optional/;

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const plain = read('../../schema/subgraph.graphql');
const prefixed = createSubgraph(schema, 'Dashly').sdl;
const friendly = read('neighbours/friendly.graphql');
const hostile = read('neighbours/hostile.graphql');
/** The friendly subgraph uses the names of our types. */
const friendlyToPrefixed = friendly.replace(/\b(?=(?:Conversation|User|ConversationPart)\b)/g, 'Dashly');

async function compose(composer: Composer, ours: string, ...neighbours: string[]): Promise<Composition> {
  const { compose: composeWith } = await import('./compose.ts');
  return composeWith(composer, [
    { name: 'dashly', url: 'http://dashly/graphql', sdl: ours },
    ...neighbours.map((sdl, index) => ({ name: `n${index}`, url: `http://n${index}/graphql`, sdl })),
  ]);
}

/** The @oneOf input types in the supergraph of any composer. */
function oneOfInputs({ supergraph }: Composition): string[] {
  expect(supergraph).toContain('directive @oneOf on INPUT_OBJECT');
  return [...(supergraph ?? '').matchAll(/^input (\w+)[^{]*@oneOf\b/gm)].map(([, name = '']) => name).sort();
}

/** The fields of an object type in a supergraph. */
function fieldsOf({ supergraph }: Composition, typeName: string): string[] {
  return parse(supergraph ?? '').definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === typeName
      ? (node.fields ?? []).map(({ name }) => name.value)
      : [],
  );
}

const oneOfs = ['ReplyActionInput', 'ReplySenderInput'];

test.skipIf(isFederationMissing).each(composers)(
  '%s composes the subgraph alone, without a hint',
  async (composer) => {
    const result = await compose(composer, plain);
    expect(result.errors).toEqual([]);
    expect(result.hints.filter((hint) => !ofOneField.test(hint))).toEqual([]);
    expect(oneOfInputs(result)).toEqual(oneOfs);
  },
);

test.skipIf(isFederationMissing).each(composers)(
  '%s composes it with a subgraph that extends our types',
  async (composer) => {
    const result = await compose(composer, plain, friendly);
    expect(result.errors).toEqual([]);
    expect(oneOfInputs(result)).toEqual(oneOfs);
    for (const [type, field] of [
      ['Conversation', 'parts'],
      ['Conversation', 'title'],
      ['User', 'email'],
      ['ConversationPart', 'translation'],
    ] as const) {
      expect(fieldsOf(result, type)).toContain(field);
    }
  },
);

test.skipIf(isFederationMissing).each(composers)(
  '%s cannot compose it without a prefix if another subgraph has the same type names',
  async (composer) => {
    const result = await compose(composer, plain, hostile);
    expect(result.errors).not.toEqual([]);
    expect(result.supergraph).toBeNull();
  },
);

test.skipIf(isFederationMissing).each<[composer: Composer, next: string, neighbours: string[]]>(
  composers.flatMap((composer) => [
    [composer, 'alone', []],
    [composer, 'with a friendly subgraph', [friendlyToPrefixed]],
    [composer, 'with a hostile subgraph', [hostile]],
    [composer, 'with both', [friendlyToPrefixed, hostile]],
  ]),
)('%s composes it with a prefix, %s', async (composer, _next, neighbours) => {
  const result = await compose(composer, prefixed, ...neighbours);
  expect(result.errors).toEqual([]);
  expect(oneOfInputs(result)).toEqual(expect.arrayContaining(oneOfs.map((name) => `Dashly${name}`)));
});
