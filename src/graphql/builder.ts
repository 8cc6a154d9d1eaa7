/** The Pothos schema builder, with the TypeScript types of the scalars. */

import SchemaBuilder from '@pothos/core';
import type { JsonObject } from '../conversation/exact-json.ts';
import type { GraphQLContext } from './context.ts';
import type { UploadedFile } from './scalars/uploaded-file.ts';

export const builder = new SchemaBuilder<{
  Context: GraphQLContext;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: never; Output: number };
    JSONObject: { Input: JsonObject; Output: JsonObject };
    Upload: { Input: UploadedFile; Output: never };
  };
}>({ defaultFieldNullability: false });
