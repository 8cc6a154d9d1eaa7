/** The addresses that a page links to. All are relative, so that they hold below any prefix that a proxy strips. */

/** Links as they stand in one page. */
export interface PageLinks {
  /** The page that shows the latest conversation. */
  readonly home: string;
  readonly events: string;
  readonly icon: string;
  /** GraphiQL on the same origin; null if there is none. */
  readonly graphiql: string | null;
  conversation(id: string): string;
  /** Where a button of this part is pressed. */
  press(partId: string): string;
  /** The download of an attachment, from its path in the API. */
  attachment(apiPath: string): string;
}

/** The links of the page at `path`. `path` and `graphiqlPath` are absolute and without the prefix of a proxy. */
export function linksFrom(path: string, graphiqlPath: string | null): PageLinks {
  const depth = path.split('/').length - 2;
  const root = depth === 0 ? '.' : `..${'/..'.repeat(depth - 1)}`;
  const home = `${root}/sandbox`;
  return {
    home,
    events: `${home}/events`,
    icon: `${home}/icon.svg`,
    graphiql: graphiqlPath === null ? null : root + graphiqlPath,
    conversation: (id) => `${home}/conversations/${id}`,
    press: (partId) => `${home}/parts/${partId}/press`,
    attachment: (apiPath) => home + apiPath,
  };
}
