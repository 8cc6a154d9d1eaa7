/** The question for the whole schema, with all that can be asked of it. */

import { getIntrospectionQuery } from 'graphql';

export const introspection = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});
