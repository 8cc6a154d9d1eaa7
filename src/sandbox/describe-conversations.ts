/** The table of the sandbox's conversations for somebody at a terminal. */
import { sandboxConversationKinds, sandboxConversations } from './sandbox-conversations.ts';

/** One indented line for each conversation, under a heading for each kind; no line break at the end. */
export function describeConversations(): string {
  return Object.entries(sandboxConversationKinds)
    .map(([kind, heading]) => {
      const rows = sandboxConversations.filter((it) => it.kind === kind);
      return [heading, ...rows.map(({ id, title }) => `  ${id.padStart(4)}  ${title}`)].join('\n');
    })
    .join('\n\n');
}
