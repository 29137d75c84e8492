/**
 * The second in which a message was sent or a note was written, since 1970. Providers stamp whole seconds and servers stamp milliseconds, so a
 * thread is ordered by this second, and within one second by `seq`.
 */
export const secondOf = (at: Date | string): number => Math.floor(new Date(at).getTime() / 1000);
