/** The server needs it too: its state stays when others are edited; an edit of it is a restart. */
export const visits = { count: 0 }
