/** Documents with an exact number of tokens, levels, aliases and the like. */

export const list = (length: number, item: (index: number) => string): string =>
  Array.from({ length }, (_, index) => item(index)).join(' ');

/** One reply; `directive` replaces a directive of the field. */
export const reply = (directive = ''): string =>
  `replyToConversation(input: { conversationId: "1" }) ${directive} { __typename }`;

/** Replies under names that begin with `name`. */
export const replies = (count: number, name = 'r', directive = ''): string =>
  list(count, (index) => `${name}${index}: ${reply(directive)}`);

/** With a space before every token. */
const frame = 'mutation { replyToConversation ( input : { conversationId : "1" bodyJson : { list : [';
const frameEnd = '] } } ) { __typename } }';
const frameTokens = `${frame} ${frameEnd}`.split(' ').length;

const typeChain = (levels: number): string => (levels === 1 ? 'name' : `ofType { ${typeChain(levels - 1)} }`);

/** Counts although Dashly is not called. */
const skippedRead = (alias: string): string => `${alias}: parts @skip(if: true) { nodes { id } }`;

type Make = (amount: number) => string;

/** Valid, with exactly this amount of the item that names the entry, and fewer of all others. */
export const sized = {
  characters: (amount) => `{ __typename }#${'x'.repeat(amount - 15)}`,
  tokens: (amount) => `${frame} ${'1 '.repeat(amount - frameTokens)}${frameEnd}`,
  brackets: (amount) => `{ ${'... { '.repeat(amount - 1)} __typename ${'}'.repeat(amount)}`,
  levels: (amount) => `{ __type(name: "Query") { ${typeChain(amount - 1)} } }`,
  levelsOfFragments: (amount) =>
    `{ __type(name: "Query") { ...F2 } }
     ${list(amount - 2, (i) => `fragment F${i + 2} on __Type { ofType { ...F${i + 3} } }`)}
     fragment F${amount} on __Type { name }`,
  aliasesOfTypename: (amount) => `{ ${list(amount, (i) => `a${i}: __typename`)} }`,
  aliases: (amount) => `{ a: replyLimits { ${list(amount - 1, (i) => `a${i}: attachmentMaxBytes`)} } }`,
  aliasesInFragments: (amount) =>
    `{ replyLimits { ...Ten ...Ten ${list(amount - 40, (i) => `x${i}: attachmentMaxBytes`)} ...Ten ...Ten } }
     fragment Ten on ReplyLimits { ...Five ...Five }
     fragment Five on ReplyLimits { ${list(5, (i) => `a${i}: __typename`)} }`,
  merged: (amount) => `{ ${list(amount, () => '__typename')} }`,
  mergedInFragments: (amount) =>
    `{ ${list(amount - 40, () => '__typename')} ...Ten ...Ten ... { ...Ten } ... on Query { ... { ...Ten } } ...Other }
     fragment Ten on Query { ${list(10, () => '__typename')} }
     fragment Other on Query { ${list(10, () => '__typename')} }`,
  directives: (amount) => `{ ${list(amount, () => '__typename @include(if: true)')} }`,
  replies: (amount) => `mutation { ${replies(amount)} }`,
  repliesOneWithoutAlias: (amount) => `mutation { ${reply()} ${replies(amount - 1)} }`,
  repliesInFragments: (amount) =>
    `mutation { ... on Mutation { ${replies(1, 'a')} } ...F }
     fragment F on Mutation { ${replies(1, 'b')} ...G }
     fragment G on Mutation { ... { ${replies(amount - 2, 'c')} } }`,
  variableUses: (amount) =>
    `mutation ($v: JSONObject) {
      replyToConversation(input: { conversationId: "1", bodyJson: { v: [${list(amount, () => '$v')}] } }) { __typename }
    }`,
  variableUsesInFragments: (amount) =>
    `mutation ($v: JSONObject) { ...Once ...Rest }
     fragment Once on Mutation { a: replyToConversation(input: { conversationId: "1", bodyJson: $v }) { __typename } }
     fragment Rest on Mutation {
       b: replyToConversation(input: { conversationId: "1", bodyJson: { v: [${list(amount - 1, () => '$v')}] } }) {
         __typename
       }
     }`,
  copies: (amount) =>
    `mutation { replyToConversation(input: { conversationId: "1" }) { ... on ReplyError { ${list(amount, (i) => `a${i}: message`)} } } }`,
  introspections: (amount) => `{ ${list(amount, (i) => `a${i}: __schema { queryType { name } }`)} }`,
  introspectionsOfParts: (amount) =>
    `{ __schema { types { ...T } } } fragment T on __Type { ${list(amount, (i) => `a${i}: fields { name }`)} }`,
  repliesIncluded: (amount) => `mutation { ${replies(amount, 'r', '@include(if: true)')} }`,
  aliasCharacters: (amount) => `{ ${'a'.repeat(amount)}: __typename }`,
  reads: (amount) => `{ conversation(id: 1) { id ${list(amount, (i) => skippedRead(`p${i}`))} } }`,
  readsInFragments: (amount) =>
    `{ a: conversation(id: 1) { id ...F } ...Q }
     fragment Q on Query { _entities(representations: []) { __typename ...F ...G } }
     fragment F on Conversation { ${skippedRead('a')} }
     fragment G on Conversation { ... { ${list(amount - 2, (i) => skippedRead(`b${i}`))} } }`,
} satisfies Record<string, Make>;
