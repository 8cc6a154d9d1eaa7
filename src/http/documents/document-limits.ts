/** Limits documents, so that none is too expensive to parse, validate or execute. */

import { type DocumentNode, GraphQLError, Lexer, parse, Source, type Token, TokenKind } from 'graphql';
import { measureDocument } from '../../graphql/document-cost.ts';
import { BadRequest } from '../endpoint/errors.ts';

/** In characters; a full introspection has about 2,000. */
const maxLength = 64 * 1024;

/** Five replies that select everything have about 1,200, a full introspection 250. */
const maxTokens = 3_000;

/** Of braces, brackets and parentheses. A reply has about 6 levels, an introspection 15, and a JSON literal adds at most 100. */
const maxNesting = 150;

/** Of fields; a reply has 5 levels, a full introspection 15. */
const maxDepth = 20;

/** Each alias repeats a part of the response, even of `__typename`; five replies need five. */
const maxAliases = 50;

/** Selections of one field in one place, including fragments. Validation compares each pair of them. */
const maxMerged = 150;

/** The schema has only `@skip` and `@include`. */
const maxDirectives = 50;

/** In characters. An alias repeats in every item of a list. */
const maxAliasLength = 100;

/** Selections of `parts`: each is a call to Dashly, or up to three for a user, whose other parts are filtered out. */
const maxReads = 5;

/** Uses of one variable in arguments: a megabyte that is used a thousand times is a gigabyte. */
const usesPerReply = 2;

export interface DocumentLimits {
  /** The maximum number of `replyToConversation` fields in one operation. */
  readonly maxReplies: number;
}

/**
 * Parses a document and enforces the limits. Not with validation rules, as in GraphQL Armor: those run after the parser, refuse with
 * status 200, and each visits the document and all its fragments again.
 *
 * @throws BadRequest if it exceeds a limit; GraphQLError if its syntax is wrong.
 */
export function parseWithinLimits(text: string, { maxReplies }: DocumentLimits): DocumentNode {
  if (text.length > maxLength) {
    throw new BadRequest(
      `The document is longer than ${maxLength} characters; pass values as variables.`,
      413,
    );
  }
  const document = parseTokens(text);
  const { depth, merged, aliases, aliasLength, replies, reads, variableUses } = measureDocument(document);
  const maxUses = usesPerReply * maxReplies;
  if (depth > maxDepth) throw tooMany(`has fields on more than ${maxDepth} levels`);
  if (merged > maxMerged) throw tooMany(`selects a field more than ${maxMerged} times in one place`);
  if (aliases > maxAliases)
    throw tooMany(`has more than ${maxAliases} aliases, including those in fragments`);
  if (aliasLength > maxAliasLength) throw tooMany(`has an alias of more than ${maxAliasLength} characters`);
  if (reads > maxReads) {
    throw tooMany(
      `selects parts more than ${maxReads} times in one operation, or inside of parts; nothing was read`,
    );
  }
  if (replies > maxReplies) {
    throw tooMany(`has more than ${maxReplies} replies in one operation; nothing was sent`);
  }
  if (variableUses > maxUses) throw tooMany(`uses a variable more than ${maxUses} times`);
  return document;
}

function parseTokens(text: string): DocumentNode {
  const source = new Source(text);
  try {
    return parse(source, { lexer: new LimitedLexer(source), maxLexicalTokens: maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError) || !tokenLimitError.test(error.message)) throw error;
    throw tooMany(`has more than ${maxTokens} tokens; pass values as variables`);
  }
}

/** graphql-js reports its `maxLexicalTokens` as wrong syntax, and writes "more that". */
const tokenLimitError = /^Syntax Error: Document contains more tha[tn] \d+ tokens/;

/** Limits directives and nesting before the parser recurses into them. */
class LimitedLexer extends Lexer {
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
    if (this.#depth > maxNesting) throw tooMany(`is nested more than ${maxNesting} levels deep`);
    if (this.#directives > maxDirectives) throw tooMany(`has more than ${maxDirectives} directives`);
    return token;
  }
}

/** The error for a document that exceeds a limit. */
export function tooMany(what: string): BadRequest {
  return new BadRequest(`The document ${what}.`);
}
