/** What there is to see at a gateway, for its front page and for whoever starts it. */

/** Something that a person who comes to the gateway may look for. */
export interface Link {
  readonly name: string;
  readonly path: string;
  /** What is there, in a few words. */
  readonly about: string;
}

export interface LinksOptions {
  readonly hasGraphiQL: boolean;
  readonly hasSandbox: boolean;
  readonly hasSchema: boolean;
  /** What callers who bring their own token for Dashly can use here; an empty text where that is theirs to know. */
  readonly ownToken: string;
}

export function createLinks({ hasGraphiQL, hasSandbox, hasSchema, ownToken }: LinksOptions): readonly Link[] {
  const token = ownToken && `; it takes "Token ${ownToken}"`;
  const sandbox = {
    name: 'Sandbox',
    path: '/sandbox',
    about: `stands in for Dashly, and shows what was sent${token}`,
  };
  return [
    {
      name: hasGraphiQL ? 'GraphQL, GraphiQL' : 'GraphQL',
      path: '/graphql',
      about: hasGraphiQL ? 'for clients, and to try it out in a browser' : 'for clients: POST with JSON',
    },
    ...(hasSandbox ? [sandbox] : []),
    ...(hasSchema ? [{ name: 'Schema', path: '/schema.graphql', about: 'for code generators' }] : []),
    { name: 'Health', path: '/health', about: 'whether it lives' },
    { name: 'Readiness', path: '/ready', about: 'whether it takes requests' },
  ];
}

/** One line for each place, for a terminal; `origin` is put before the paths. */
export function listLinks(links: readonly Link[], origin: string): string {
  const rows = links.map(({ name, path, about }) => [name, origin + path, about] as const);
  const widthOf = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [nameWidth, pathWidth] = [widthOf(0), widthOf(1)];
  return rows
    .map(([name, path, about]) => `  ${name.padEnd(nameWidth)}  ${path.padEnd(pathWidth)}  ${about}`)
    .join('\n');
}
