/** The Pothos schema builder, with the TypeScript types of the scalars. */

import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { JsonObject } from '../conversation/exact-json.ts';
import type { GraphQLContext } from './context.ts';
import type { TypeExtensions } from './extensions.ts';
import type { UploadedFile } from './scalars/uploaded-file.ts';

export const builder = new SchemaBuilder<{
  Context: GraphQLContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: never; Output: number };
    JSONObject: { Input: JsonObject; Output: JsonObject };
    Upload: { Input: UploadedFile; Output: never };
  };
}>({
  defaultFieldNullability: false,
  plugins: [RelayPlugin],
  relay: {
    cursorType: 'String',
    edgesFieldOptions: { nullable: false, description: 'The entries with their cursors.' },
    nodesOnConnection: { description: 'The entries without their cursors.' },
    nodeFieldOptions: { nullable: false, description: 'The entry.' },
    cursorFieldOptions: {
      description: 'Identifies the entry in `after` and `before`. Its format may change.',
    },
    pageInfoFieldOptions: { description: 'What is before and after this page.' },
    pageInfoTypeOptions: {
      description: 'What is before and after a page of a connection.',
      // The type of this name is the same in every graph that follows the Relay specification.
      extensions: { shareable: true } satisfies TypeExtensions,
    },
    hasNextPageFieldOptions: {
      description:
        'Whether there are newer entries than those of the page. REST: `meta.next_after_position`.',
    },
    hasPreviousPageFieldOptions: {
      description:
        'Whether there are older entries than those of the page. REST: `meta.next_before_position`.',
    },
    startCursorFieldOptions: { description: 'The `before` of the previous page; null if there is none.' },
    endCursorFieldOptions: { description: 'The `after` of the next page; null if there is none.' },
  },
});

builder.queryType({ description: 'The queries. None of them sends a reply.' });
