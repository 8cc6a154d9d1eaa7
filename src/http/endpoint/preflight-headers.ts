/** Headers that a page of another site cannot send without asking first, so that a form of its own is told by their absence. */
export const preflightHeaders = [
  'apollo-require-preflight',
  'x-graphql-yoga-csrf',
  'x-apollo-operation-name',
] as const;
