/** The union `PartSender` and its types. */

import {
  type Admin,
  adminTypes,
  type DefaultAdmin,
  type PartSender,
  type User,
} from '../../conversation/part.ts';
import { builder } from '../builder.ts';
import { describeValues } from '../describe-values.ts';
import type { TypeExtensions } from '../extensions.ts';

const AdminType = builder.enumType('AdminType', {
  description: 'The kind of an admin.',
  values: describeValues(adminTypes, {
    ADMIN: 'A person.',
    BOT: 'A bot.',
    UNKNOWN: 'A kind that this schema does not support yet.',
  }),
});

export const AdminRef = builder.objectRef<Admin>('Admin').implement({
  description: 'A member of the team that answers users.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id of the admin in Dashly.' }),
    name: t.exposeString('name', { description: 'The name that the user sees.' }),
    avatar: t.exposeString('avatar', {
      nullable: true,
      description: 'The URL of the picture; null if there is none.',
    }),
    type: t.field({
      type: AdminType,
      description: 'The kind of the admin.',
      resolve: (admin) => admin.type,
    }),
  }),
});

const DefaultAdminRef = builder.objectRef<DefaultAdmin>('DefaultAdmin').implement({
  description: 'The default sender of the site, or another sender that Dashly returns without an id.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name that the user sees.' }),
    avatar: t.exposeString('avatar', {
      nullable: true,
      description: 'The URL of the picture; null if there is none.',
    }),
  }),
});

const UserRef = builder.objectRef<User>('User').implement({
  description: 'A visitor of the site or a customer.',
  extensions: { federationKey: { fields: 'id', resolvable: false } } satisfies TypeExtensions,
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id of the user in Dashly.' }) }),
});

const refs = { admin: AdminRef, defaultAdmin: DefaultAdminRef, user: UserRef };

export const PartSenderRef = builder.unionType('PartSender', {
  description: 'The sender of a part.',
  types: [AdminRef, DefaultAdminRef, UserRef],
  resolveType: (sender: PartSender) => refs[sender.kind],
});
