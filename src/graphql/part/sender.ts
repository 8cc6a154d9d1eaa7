/** Who a part is from. */

import {
  type Admin,
  adminTypes,
  type DefaultAdmin,
  type PartSender,
  type User,
} from '../../conversation/part.ts';
import { builder } from '../builder.ts';
import { describeValues } from '../describe-values.ts';

const AdminType = builder.enumType('AdminType', {
  description: 'What kind of admin somebody is.',
  values: describeValues(adminTypes, {
    ADMIN: 'A person.',
    BOT: 'A bot.',
    UNKNOWN: 'A kind that this schema does not know yet.',
  }),
});

export const AdminRef = builder.objectRef<Admin>('Admin').implement({
  description: 'A member of the team that answers.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the admin in Dashly.' }),
    name: t.exposeString('name', { description: 'The name that the user sees.' }),
    avatar: t.exposeString('avatar', {
      nullable: true,
      description: 'URL of the picture, where there is one.',
    }),
    type: t.field({
      type: AdminType,
      description: 'What kind of admin it is.',
      resolve: (admin) => admin.type,
    }),
  }),
});

const DefaultAdminRef = builder.objectRef<DefaultAdmin>('DefaultAdmin').implement({
  description: "The site's default sender, or any other that Dashly names without an id.",
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name that the user sees.' }),
    avatar: t.exposeString('avatar', {
      nullable: true,
      description: 'URL of the picture, where there is one.',
    }),
  }),
});

const UserRef = builder.objectRef<User>('User').implement({
  description: 'A visitor of the site, or a customer.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id of the user in Dashly.' }) }),
});

const refs = { admin: AdminRef, defaultAdmin: DefaultAdminRef, user: UserRef };

export const PartSenderRef = builder.unionType('PartSender', {
  description: 'Who a part is from.',
  types: [AdminRef, DefaultAdminRef, UserRef],
  resolveType: (sender: PartSender) => refs[sender.kind],
});
