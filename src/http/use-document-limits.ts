/** Refuses documents that would take too much to read, to check or to answer. */

import { Lexer, Source, TokenKind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { measureDocument } from '../graphql/measure-document.ts';
import { BadRequest } from './bad-request.ts';

/** In characters; a full introspection has some 2,000. What is remembered of a document takes 50 times its length. */
const maxLength = 64 * 1024;

/** Names, values and signs; five replies that select everything have some 1,200, a full introspection 250. */
const maxTokens = 3_000;

/** A reply is some 6 levels deep, an introspection 15, and JSON in a literal has at most 100 of its own. */
const maxNesting = 150;

/** Of fields; a reply has 5 levels, a full introspection 15. */
const maxDepth = 20;

/** Under each a part of the answer comes once more, `__typename` as well; five replies need five. */
const maxAliases = 50;

/** `@skip` and `@include` are all that there is. */
const maxDirectives = 50;

/** Of one variable in arguments: a megabyte that is used a thousand times is a gigabyte. */
const usesPerReply = 2;

export interface DocumentLimits {
  /** How many times an operation may call `replyToConversation`. */
  readonly maxReplies: number;
}

/**
 * GraphQL Armor has rules for the same purpose; as rules of validation they run after the parser, refuse with a 200, and
 * each walks through the document and all of its fragments anew.
 */
export function useDocumentLimits({ maxReplies }: DocumentLimits): Plugin {
  return {
    onParse({ params: { source } }) {
      const document = typeof source === 'string' ? new Source(source) : source;
      if (document.body.length > maxLength) {
        throw new BadRequest(
          `The document is longer than ${maxLength} characters; values belong into variables.`,
          413,
        );
      }
      checkTokens(document);
      return ({ result }) => {
        if (result === null || result instanceof Error) return;
        const { depth, aliases, replies, variableUses } = measureDocument(result);
        const maxUses = usesPerReply * maxReplies;
        if (depth > maxDepth) throw tooMany(`has fields on more than ${maxDepth} levels`);
        if (aliases > maxAliases) throw tooMany(`has more than ${maxAliases} aliases, fragments counted in`);
        if (replies > maxReplies) {
          throw tooMany(`has more than ${maxReplies} replies in one operation; nothing was sent`);
        }
        if (variableUses > maxUses) throw tooMany(`uses a variable more than ${maxUses} times`);
      };
    },
    onValidate() {
      return ({ result }) => {
        const isAborted = result.some(({ message }: Error) => message === 'Validation aborted.');
        if (isAborted)
          throw tooMany('has too many fields of one name, each of which is compared with each other');
      };
    },
  };
}

/** Counts by graphql-js' own lexer, which does not recurse, and stops at the first limit. */
function checkTokens(source: Source): void {
  const lexer = new Lexer(source);
  let tokens = 0;
  let depth = 0;
  let directives = 0;
  for (let kind = advance(lexer); kind !== null && kind !== TokenKind.EOF; kind = advance(lexer)) {
    if (kind === TokenKind.BRACE_L || kind === TokenKind.BRACKET_L || kind === TokenKind.PAREN_L) depth++;
    if (kind === TokenKind.BRACE_R || kind === TokenKind.BRACKET_R || kind === TokenKind.PAREN_R) depth--;
    if (kind === TokenKind.AT) directives++;
    if (++tokens > maxTokens)
      throw tooMany(`has more than ${maxTokens} tokens; values belong into variables`);
    if (depth > maxNesting) throw tooMany(`is nested more than ${maxNesting} levels deep`);
    if (directives > maxDirectives) throw tooMany(`has more than ${maxDirectives} directives`);
  }
}

/** Null for a mistake in the syntax: the parser finds it again, and says where. */
function advance(lexer: Lexer): TokenKind | null {
  try {
    return lexer.advance().kind;
  } catch {
    return null;
  }
}

function tooMany(what: string): BadRequest {
  return new BadRequest(`The document ${what}.`);
}
