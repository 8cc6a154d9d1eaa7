/** Refuses documents that are so long or so deeply nested that reading them would take too much time or stack. */

import { Lexer, Source, TokenKind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { BadRequest } from './bad-request.ts';

/** In characters; a full introspection has some 2,000. What is remembered of a document takes 50 times its length. */
const maxLength = 64 * 1024;

/** A reply is some 6 levels deep, an introspection 15, and JSON in a literal has at most 100 of its own. */
const maxNesting = 150;

export function useDocumentLimits(): Plugin {
  return {
    onParse({ params: { source } }) {
      const document = typeof source === 'string' ? new Source(source) : source;
      if (document.body.length > maxLength) {
        throw new BadRequest(
          `The document is longer than ${maxLength} characters; values belong into variables.`,
          413,
        );
      }
      if (deepestNesting(document) > maxNesting) {
        throw new BadRequest(`The document is nested more than ${maxNesting} levels deep.`);
      }
    },
  };
}

/** Counts brackets of all kinds, by graphql-js' own lexer, which does not recurse. */
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
