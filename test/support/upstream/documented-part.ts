/** What the documented response contains, as far as it is the same in the domain and in GraphQL. */

const location = { conversation: { id: '1447294760057308402' }, partGroup: '1447294760216691955' };

export const documentedAdmin = {
  id: '30542',
  name: 'Test',
  avatar: 'https://files.dashly.app/avatars/default-v4.png',
  type: 'ADMIN',
};

/** Without its sender, its actions, its attachment and its time. */
export const documentedPart = {
  id: '1453279698921457472',
  ...location,
  type: 'REPLY_USER',
  direction: 'USER_TO_ADMIN',
  sentVia: 'API',
  body: "What's your choice, Neo?",
  bodyJson: {},
  metaData: { some_extra_reply_information: 123 },
  replyType: 'NO',
  externalId: null,
  editedAt: null,
  removedAt: null,
};

/** Without its time. */
export const documentedAttachment = {
  id: '1453279691052943108',
  filename: 'test_import.csv',
  mimeType: 'text/csv',
  size: 156,
  url: 'https://files.dashly.app/attachments/2782/2e7cac55-dff0-4142-9460-14d64ff08623/test_import.csv',
};

/** Without its sender, its assignee and its time. */
export const documentedAssignPart = {
  id: '1453281238935668443',
  ...location,
  type: 'ASSIGNED',
  direction: 'ADMIN_TO_USER',
  sentVia: 'API',
  body: '',
  bodyJson: {},
  metaData: {},
  replyType: 'NO',
  actions: null,
  externalId: null,
  editedAt: null,
  removedAt: null,
};
