/** The active tab and the upload places of its operation. */

import { useGraphiQL } from '@graphiql/react';
import { type GraphQLSchema, parse } from 'graphql';
import { useMemo } from 'react';
import { type UploadPlace, uploadPlaces } from './files/upload-places.ts';

export interface OpenTab {
  readonly id: string;
  readonly schema: GraphQLSchema | null;
  readonly places: readonly UploadPlace[];
}

/** By tab id. While the user types, the text is often not a valid document; its last places are used then. */
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
    // Not a valid document.
  }
  return lastPlaces.get(tabId) ?? [];
}
