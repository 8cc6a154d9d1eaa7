/** Converts the claims of a JWT into the rights of its caller. */

import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { CallerRights, Speaker } from '../../conversation/callers/caller-rights.ts';
import { isId } from '../../conversation/reply.ts';

/** The scope that allows a caller to reply as any admin or user. */
const anyoneScope = 'dashly:reply:any';

/** Only safe integers: a larger number may be rounded to the id of another person. */
const id = z.union([z.string(), z.int().transform(String)]).refine(isId);

/** A string with spaces between scopes (RFC 8693, 4.2), or a list, which some issuers use. */
const scopes = z
  .union([z.string(), z.array(z.string())])
  .nullish()
  .transform((claim) => [claim ?? []].flat().flatMap((text) => text.split(' ')));

const claimsSchema = z.object({
  sub: z.string().nullish(),
  scope: scopes,
  /** The name that Microsoft and Okta use for `scope`. */
  scp: scopes,
  dashly_admin_id: id.nullish(),
  dashly_user_id: id.nullish(),
  dashly_conversation_ids: z.array(id).optional(),
});

export interface ClaimedRights {
  /** The subject and its Dashly ids. All tokens without any of them are one caller. */
  readonly identity: string;
  readonly rights: CallerRights;
}

/** Invalid claims result in no rights. */
export function rightsFromClaims(claims: JWTPayload): ClaimedRights {
  const { data, error } = claimsSchema.safeParse(claims);
  if (error) {
    const names = error.issues.map(({ path }) => String(path[0]));
    const reason = `The claim ${names[0]} of the token has an invalid format.`;
    return {
      identity: '',
      rights: { speaker: noSpeaker(reason), conversationIds: null },
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
    return noSpeaker('The token names both an admin and a user, but a reply has one sender.');
  }
  const named: Speaker | null =
    adminId !== null ? { kind: 'admin', id: adminId } : userId !== null ? { kind: 'user', id: userId } : null;
  if (isAnyone) return { kind: 'anyone', byDefault: named };
  return named ?? noSpeaker('The token names neither an admin nor a user.');
}

function noSpeaker(reason: string): Speaker {
  return { kind: 'none', reason };
}
