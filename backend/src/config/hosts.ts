export const LOOPBACK_HOST = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/;

/** This machine, or a name without a dot, which is known only in a private network of containers. */
export const isPrivateName = (hostname: string): boolean =>
  hostname === '[::1]' || LOOPBACK_HOST.test(hostname) || /^[a-z0-9-]+$/i.test(hostname);
