/** What a caller may do by the claims of its JWT. */

import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { CallerRights, Speaker } from '../../conversation/caller-rights.ts';
import { isId } from '../../conversation/reply.ts';

/** With this scope a caller may speak as anyone. */
const anyoneScope = 'dashly:reply:any';

/** A number that a double might not hold arrives as another one, and another one's id is worse than none. */
const id = z.union([z.string(), z.int().transform(String)]).refine(isId);

/** A text with spaces between scopes (RFC 8693, 4.2), or a list, as some issuers have it. */
const scopes = z
  .union([z.string(), z.array(z.string())])
  .nullish()
  .transform((given) => [given ?? []].flat().flatMap((text) => text.split(' ')));

const claimsSchema = z.object({
  sub: z.string().nullish(),
  scope: scopes,
  /** The same by the name that Microsoft and Okta give it. */
  scp: scopes,
  dashly_admin_id: id.nullish(),
  dashly_user_id: id.nullish(),
  dashly_conversation_ids: z.array(id).optional(),
});

export interface ClaimedRights {
  /** The subject and whom it speaks as: of the same issuer all tokens without any of these are one caller. */
  readonly identity: string;
  readonly rights: CallerRights;
}

/** Claims that cannot be read give no rights at all. */
export function rightsFromClaims(claims: JWTPayload): ClaimedRights {
  const { data, error } = claimsSchema.safeParse(claims);
  if (error) {
    const names = error.issues.map(({ path }) => String(path[0]));
    const reason = `The claim ${names[0]} of the token is not of the form that the gateway reads.`;
    return {
      identity: '',
      rights: { speaker: nobody(reason), conversationIds: null },
    };
  }
  const { sub = null, dashly_admin_id: adminId = null, dashly_user_id: userId = null } = data;
  const conversationIds = data.dashly_conversation_ids;
  return {
    identity: JSON.stringify([sub, adminId, userId]),
    rights: {
      speaker: speakerOf(adminId, userId, [...data.scope, ...data.scp].includes(anyoneScope)),
      conversationIds: conversationIds ? new Set(conversationIds) : null,
    },
  };
}

function speakerOf(adminId: string | null, userId: string | null, isAnyone: boolean): Speaker {
  if (adminId !== null && userId !== null) {
    return nobody('The token names an admin and a user, and a reply is from one of them.');
  }
  const named: Speaker | null =
    adminId !== null ? { kind: 'admin', id: adminId } : userId !== null ? { kind: 'user', id: userId } : null;
  if (isAnyone) return { kind: 'anyone', byDefault: named };
  return named ?? nobody('The token names nobody to speak as: neither an admin nor a user.');
}

function nobody(reason: string): Speaker {
  return { kind: 'nobody', reason };
}
