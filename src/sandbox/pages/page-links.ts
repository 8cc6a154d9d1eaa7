/** The links of a page. All are relative, so they work behind a proxy that strips a path prefix. */

export interface PageLinks {
  /** The page of the latest conversation. */
  readonly home: string;
  readonly events: string;
  readonly icon: string;
  /** GraphiQL on the same origin; null if there is none. */
  readonly graphiql: string | null;
  conversation(id: string): string;
  /** The target of the buttons of a part. */
  click(partId: string): string;
  /** The download of an attachment, from its path in the API. */
  attachment(apiPath: string): string;
}

/** The links on the page at `path`. Both paths are absolute, without the prefix of a proxy. */
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
    click: (partId) => `${home}/parts/${partId}/click`,
    attachment: (apiPath) => home + apiPath,
  };
}
