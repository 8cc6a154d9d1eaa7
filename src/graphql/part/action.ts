/** What the user can do with a part. */

import type { OtherAction, PartAction, QuickReply } from '../../conversation/part.ts';
import { builder } from '../builder.ts';

const QuickReplyRef = builder.objectRef<QuickReply>('QuickReply').implement({
  description: 'A button that sends its text as the answer.',
  fields: (t) => ({
    body: t.exposeString('body', { description: 'The text on the button.' }),
    metaData: t.field({
      type: 'JSONObject',
      nullable: true,
      description: 'What the answer will carry in its own `metaData` when the button is pressed.',
      resolve: (action) => action.metaData,
    }),
  }),
});

const OtherActionRef = builder.objectRef<OtherAction>('OtherAction').implement({
  description: 'An action of a kind that this schema does not know yet, as Dashly sent it.',
  fields: (t) => ({
    type: t.exposeString('type', { description: "Dashly's own name for the kind." }),
    data: t.field({
      type: 'JSONObject',
      description: 'The whole action in its REST form.',
      resolve: (action) => action.data,
    }),
  }),
});

const refs = { quickReply: QuickReplyRef, otherAction: OtherActionRef };

export const PartActionRef = builder.unionType('PartAction', {
  description: 'Something that the user can do with a part.',
  types: [QuickReplyRef, OtherActionRef],
  resolveType: (action: PartAction) => refs[action.kind],
});
