/** The visitor that a sandbox takes for `default_user`. */

/** An id beyond what a double holds exactly, as Dashly's users have them. */
export const sandboxUserId = '1447294708215711735';
