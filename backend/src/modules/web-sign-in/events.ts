/** What the pages on the way to a session or a membership may write down. */
export const EVENTS = ['session.refused', 'factor.add', 'invitation.accept', 'membership.add'] as const;
