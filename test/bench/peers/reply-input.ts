/** The input of the mutation for the peers, validated as in the gateway. */

/** As in `schema.graphql`. */
export interface ReplyInput {
  readonly conversationId: string;
  readonly from?: {
    readonly adminId?: string;
    readonly userId?: string;
    readonly default?: 'ADMIN' | 'USER';
  };
  readonly type?: string;
  readonly body?: string;
  readonly bodyJson?: object;
  readonly attachment?: ReplyAttachment;
  readonly actions?: readonly { readonly quickReply: QuickReplyInput }[];
  readonly autoAssign?: { readonly adminId: string; readonly randomId?: number };
  readonly externalId?: string;
  readonly randomId?: number;
  readonly referrer?: string;
}

/** The server has read the whole file. */
export interface ReplyAttachment {
  readonly file: Pick<File, 'name' | 'type' | 'arrayBuffer'>;
  readonly fileName?: string;
}

interface QuickReplyInput {
  readonly body: string;
  readonly metaData?: object;
}

interface ReplyIssue {
  readonly path: readonly string[];
  readonly message: string;
}

const isId = (text: string): boolean => /^[1-9]\d{0,19}$/.test(text);

/** The issues of the input. */
export function findIssues(input: ReplyInput): ReplyIssue[] {
  const issues: ReplyIssue[] = [];
  const checkId = (id: string | undefined, ...path: string[]): void => {
    if (id !== undefined && !isId(id)) issues.push({ path, message: 'Not an id.' });
  };
  const checkText = (text: string | undefined, longest: number, ...path: string[]): void => {
    if (text !== undefined && text.length > longest) issues.push({ path, message: 'Too long.' });
  };
  checkId(input.conversationId, 'conversationId');
  checkId(input.from?.adminId, 'from', 'adminId');
  checkId(input.from?.userId, 'from', 'userId');
  checkId(input.autoAssign?.adminId, 'autoAssign', 'adminId');
  checkText(input.externalId, 2048, 'externalId');
  checkText(input.referrer, 2048, 'referrer');
  input.actions?.forEach(({ quickReply }, index) => {
    checkText(quickReply.body, 300, 'actions', String(index), 'quickReply', 'body');
  });
  return issues;
}
