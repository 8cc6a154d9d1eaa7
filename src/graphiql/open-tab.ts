/** The tab that is open, with the places for files in its operation. */

import { useGraphiQL } from '@graphiql/react';
import { type GraphQLSchema, parse } from 'graphql';
import { useMemo } from 'react';
import { type UploadPlace, uploadPlaces } from './upload-places.ts';

export interface OpenTab {
  readonly id: string;
  readonly schema: GraphQLSchema | null;
  readonly places: readonly UploadPlace[];
}

/** By the tab: while somebody writes, the text is often no document, and its places are those that it had. */
const lastPlaces = new Map<string, readonly UploadPlace[]>();

export function useOpenTab(): OpenTab {
  const { tab, schema } = useGraphiQL((state) => ({
    tab: state.tabs[state.activeTabIndex],
    schema: state.schema ?? null,
  }));
  const { id = '', query = null, operationName = null } = tab ?? {};
  const places = useMemo(
    () => readPlaces(id, schema, query, operationName),
    [id, schema, query, operationName],
  );
  return { id, schema, places };
}

function readPlaces(
  tabId: string,
  schema: GraphQLSchema | null,
  query: string | null,
  operationName: string | null,
): readonly UploadPlace[] {
  try {
    lastPlaces.set(tabId, uploadPlaces(schema, parse(query ?? ''), operationName));
  } catch {
    // No document.
  }
  return lastPlaces.get(tabId) ?? [];
}
