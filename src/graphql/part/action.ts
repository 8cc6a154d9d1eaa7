/** The union `PartAction`: actions that a part offers to the user. */

import type { OtherAction, PartAction, QuickReply } from '../../conversation/part.ts';
import { builder } from '../builder.ts';

const QuickReplyRef = builder.objectRef<QuickReply>('QuickReply').implement({
  description: 'A button. When the user presses it, its text is sent as their answer.',
  fields: (t) => ({
    body: t.exposeString('body', { description: 'The text on the button.' }),
    metaData: t.field({
      type: 'JSONObject',
      nullable: true,
      description: "Data that Dashly adds to the `metaData` of the user's answer.",
      resolve: (action) => action.metaData,
    }),
  }),
});

const OtherActionRef = builder.objectRef<OtherAction>('OtherAction').implement({
  description: 'An action of a kind that this schema does not support yet, as Dashly sent it.',
  fields: (t) => ({
    type: t.exposeString('type', { description: 'The kind of the action, as Dashly names it.' }),
    data: t.field({
      type: 'JSONObject',
      description: 'The complete action in its REST form.',
      resolve: (action) => action.data,
    }),
  }),
});

/** A kind of action without a type does not compile. */
const refs = { quickReply: QuickReplyRef, otherAction: OtherActionRef };

export const PartActionRef = builder.unionType('PartAction', {
  description: 'An action that a part offers to the user.',
  types: Object.values(refs),
  resolveType: (action: PartAction) => refs[action.kind],
});
