/** Refuses documents so deeply nested that parsing or validating them would run out of stack. */

import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** A reply is some 6 levels deep, an introspection 15, and JSON in a literal has at most 100 of its own. */
const maxNesting = 150;

/** Counts brackets of all kinds, by graphql-js' own lexer, which does not recurse. */
export function useNestingLimit(): Plugin {
  return {
    onParse({ params: { source } }) {
      if (deepestNesting(typeof source === 'string' ? new Source(source) : source) <= maxNesting) return;
      throw new GraphQLError(`The document is nested more than ${maxNesting} levels deep.`, {
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      });
    },
  };
}

function deepestNesting(source: Source): number {
  const lexer = new Lexer(source);
  let depth = 0;
  let deepest = 0;
  try {
    for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
      if (kind === TokenKind.BRACE_L || kind === TokenKind.BRACKET_L || kind === TokenKind.PAREN_L) depth++;
      if (kind === TokenKind.BRACE_R || kind === TokenKind.BRACKET_R || kind === TokenKind.PAREN_R) depth--;
      deepest = Math.max(deepest, depth);
    }
  } catch {
    // A mistake in the syntax: the parser finds it again, and says where.
  }
  return deepest;
}
