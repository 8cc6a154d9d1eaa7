/** Limits of what a document may ask for, so that none takes too much to parse, to validate or to answer. */

import { type DocumentNode, Lexer, parse, Source, type Token, TokenKind } from 'graphql';
import { measureDocument } from '../../graphql/document-cost.ts';
import { BadRequest } from './errors.ts';

/** In characters; a full introspection has some 2,000. */
const maxLength = 64 * 1024;

/** Names, values and signs; five replies that select everything have some 1,200, a full introspection 250. */
const maxTokens = 3_000;

/** A reply is some 6 levels deep, an introspection 15, and JSON in a literal has at most 100 of its own. */
const maxNesting = 150;

/** Of fields; a reply has 5 levels, a full introspection 15. */
const maxDepth = 20;

/** Under each a part of the answer comes once more, `__typename` as well; five replies need five. */
const maxAliases = 50;

/** Selections of one field in one place, fragments included. Validation compares each with each other. */
const maxMerged = 150;

/** `@skip` and `@include` are all that there is. */
const maxDirectives = 50;

/** Of one variable in arguments: a megabyte that is used a thousand times is a gigabyte. */
const usesPerReply = 2;

export interface DocumentLimits {
  /** How many times an operation may call `replyToConversation`. */
  readonly maxReplies: number;
}

/**
 * Parses a document that is within the limits. Not by rules of validation, as GraphQL Armor does: those run after the parser,
 * refuse with a 200, and each visits the document and all of its fragments again.
 *
 * @throws BadRequest if it is beyond a limit; GraphQLError if its syntax is wrong.
 */
export function parseWithinLimits(text: string, { maxReplies }: DocumentLimits): DocumentNode {
  if (text.length > maxLength) {
    throw new BadRequest(
      `The document is longer than ${maxLength} characters; values belong into variables.`,
      413,
    );
  }
  const source = new Source(text);
  const document = parse(source, { lexer: new LimitedLexer(source) });
  const { depth, merged, aliases, replies, variableUses } = measureDocument(document);
  const maxUses = usesPerReply * maxReplies;
  if (depth > maxDepth) throw tooMany(`has fields on more than ${maxDepth} levels`);
  if (merged > maxMerged) throw tooMany(`selects a field more than ${maxMerged} times in one place`);
  if (aliases > maxAliases) throw tooMany(`has more than ${maxAliases} aliases, fragments counted in`);
  if (replies > maxReplies) {
    throw tooMany(`has more than ${maxReplies} replies in one operation; nothing was sent`);
  }
  if (variableUses > maxUses) throw tooMany(`uses a variable more than ${maxUses} times`);
  return document;
}

/** Counts what the parser reads, before the parser recurses into it. Its own `maxTokens` answers 200 to some clients. */
class LimitedLexer extends Lexer {
  #tokens = 0;
  #depth = 0;
  #directives = 0;

  override advance(): Token {
    const token = super.advance();
    const { kind } = token;
    if (kind === TokenKind.BRACE_L || kind === TokenKind.BRACKET_L || kind === TokenKind.PAREN_L)
      this.#depth++;
    if (kind === TokenKind.BRACE_R || kind === TokenKind.BRACKET_R || kind === TokenKind.PAREN_R)
      this.#depth--;
    if (kind === TokenKind.AT) this.#directives++;
    if (kind !== TokenKind.EOF && ++this.#tokens > maxTokens) {
      throw tooMany(`has more than ${maxTokens} tokens; values belong into variables`);
    }
    if (this.#depth > maxNesting) throw tooMany(`is nested more than ${maxNesting} levels deep`);
    if (this.#directives > maxDirectives) throw tooMany(`has more than ${maxDirectives} directives`);
    return token;
  }
}

/** A document that is beyond a limit. */
export function tooMany(what: string): BadRequest {
  return new BadRequest(`The document ${what}.`);
}
