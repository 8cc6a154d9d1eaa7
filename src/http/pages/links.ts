/** The pages of the gateway, for its front page and for the output at the start. */

/** A page of the gateway. */
export interface Link {
  readonly name: string;
  readonly path: string;
  /** A short description. */
  readonly about: string;
}

export interface LinksOptions {
  readonly hasGraphiQL: boolean;
  readonly hasSandbox: boolean;
  readonly hasSchema: boolean;
  /** An example of the token that callers send: that of the sandbox. Empty for a real Dashly. */
  readonly exampleToken: string;
}

export function createLinks({
  hasGraphiQL,
  hasSandbox,
  hasSchema,
  exampleToken,
}: LinksOptions): readonly Link[] {
  const token = exampleToken && `; it accepts "Token ${exampleToken}"`;
  const sandbox = {
    name: 'Sandbox',
    path: '/sandbox',
    about: `a simulated Dashly that shows what was sent${token}`,
  };
  return [
    {
      name: hasGraphiQL ? 'GraphQL, GraphiQL' : 'GraphQL',
      path: '/graphql',
      about: hasGraphiQL ? 'for clients, and to try it out in a browser' : 'for clients: POST with JSON',
    },
    ...(hasSandbox ? [sandbox] : []),
    ...(hasSchema ? [{ name: 'Schema', path: '/schema.graphql', about: 'for code generators' }] : []),
    { name: 'Health', path: '/health', about: 'whether the process is alive' },
    { name: 'Readiness', path: '/ready', about: 'whether it accepts requests' },
  ];
}

/** Prints one line for each link, for a terminal; `origin` precedes the paths. */
export function listLinks(links: readonly Link[], origin: string): string {
  const rows = links.map(({ name, path, about }) => [name, origin + path, about] as const);
  const widthOf = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [nameWidth, pathWidth] = [widthOf(0), widthOf(1)];
  return rows
    .map(([name, path, about]) => `  ${name.padEnd(nameWidth)}  ${path.padEnd(pathWidth)}  ${about}`)
    .join('\n');
}
