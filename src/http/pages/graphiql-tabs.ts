/** The initial tabs of GraphiQL: the operations of `schema/operations/` with example variables. */

import { readFileSync } from 'node:fs';

export interface GraphiQLTab {
  readonly query: string;
  /** JSON. */
  readonly variables: string;
}

const folder = new URL('../../../schema/operations/', import.meta.url);

/** Example replies, and one that reads a conversation. */
const names = [
  'reply-as-admin',
  'reply-as-visitor',
  'note',
  'quick-replies',
  'attachment',
  'conversation-parts',
];

/** @param adapt - Converts a document of the client schema to the schema of this gateway. */
export function readGraphiQLTabs(adapt: (query: string) => string): readonly GraphiQLTab[] {
  const read = (file: string) => readFileSync(new URL(file, folder), 'utf8').trimEnd();
  const fragments = read('fragments.graphql').split(/\n\n(?=#)/);
  return names.map((name) => ({
    query: adapt(withFragments(read(`${name}.graphql`), fragments)),
    variables: read(`${name}.json`),
  }));
}

/** @param fragments - Each with its comment; a fragment spreads only later ones. */
function withFragments(query: string, fragments: readonly string[]): string {
  return fragments.reduce((text, fragment) => {
    const [, name] = /^fragment (\w+)/m.exec(fragment) ?? [];
    return text.includes(`...${name}\n`) ? `${text}\n\n${fragment}` : text;
  }, query);
}
