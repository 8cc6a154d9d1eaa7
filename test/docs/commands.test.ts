/** Each command of the page for operators is run by a test, or listed here because it needs an engine or a cluster. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readPage } from './sections.ts';

const page = 'docs/production.md';

/** The test that runs the first block of shell commands below a heading. */
const testOf: Readonly<Record<string, string>> = {
  'Authentication and rights': 'test/docs/production.test.ts',
  'Checking the Dashly API': 'test/docs/production.test.ts',
  Command: 'test/package.test.ts',
  Compose: 'test/deploy/compose.test.ts',
  'Trusted documents': 'test/docs/production.test.ts',
};

/** The command that `test/deploy/kubernetes.test.ts` runs without a cluster. */
const createsSecret = /^kubectl -n \S+ create secret /;

const untested: readonly string[] = [
  'docker buildx imagetools inspect',
  'docker build -t dashly-graphql-gateway .',
  'docker run --rm -p 4000:4000 --stop-timeout 30 --read-only --mount type=volume,dst=/tmp -e DASHLY_API_URL=https://api.dashly.app/v2 dashly-graphql-gateway',
  'docker compose -f deploy/compose.yaml up --build --detach',
  'curl http://localhost:4000/ready',
  'kubectl apply -f deploy/kubernetes/namespace.yaml',
  'kubectl apply -k deploy/kubernetes',
  'kubectl rollout restart deployment/dashly-graphql-gateway',
];

interface Block {
  readonly heading: string;
  readonly text: string;
}

/** The blocks of shell commands, in order. */
function blocksIn(text: string): Block[] {
  return text.split(/^#+ /m).flatMap((section) =>
    [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => ({
      heading: section.split('\n')[0] ?? '',
      text: block,
    })),
  );
}

/** One line for each command. */
function commandsIn({ text }: Block): string[] {
  return text
    .replace(/\\\n\s*/g, '')
    .trim()
    .split('\n');
}

test('the tests run each block of commands, except what needs an engine or a cluster', () => {
  const text = readPage(page);
  const blocks = blocksIn(text);
  const isFirst = (block: Block) => blocks.find(({ heading }) => heading === block.heading) === block;
  const tested = blocks.filter((block) => block.heading in testOf && isFirst(block));
  expect(tested.map(({ heading }) => heading)).toEqual(Object.keys(testOf));
  const others = blocks.filter((block) => !tested.includes(block)).flatMap(commandsIn);
  const inSentences = text.match(/(?<=`)(?:docker|kubectl) [^`]+/g) ?? [];
  expect([...others.filter((line) => !createsSecret.test(line)), ...inSentences].sort()).toEqual(
    [...untested].sort(),
  );
});

test.each(Object.entries(testOf))('the commands below "%s" are read by %s', (heading, path) => {
  expect(readPage(path)).toMatch(new RegExp(`blocksBelow\\([^;]*'${heading}'|heading = '${heading}'`));
});

test('the commands that no test runs name files that exist', () => {
  const paths = untested.flatMap((command) => command.match(/(?<= )deploy\/\S+/g) ?? []);
  expect(paths).toHaveLength(3);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  expect(paths.filter((path) => !existsSync(root + path))).toEqual([]);
});
