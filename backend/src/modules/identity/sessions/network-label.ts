import { networkOf } from '../../../platform/http/index.ts';

const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe80:)/;

/**
 * Where somebody signed in, as a person may read it: the network without the part that tells one machine or household from the next.
 * Nobody is asked where a network is, so that no address leaves the installation.
 */
export function networkLabel(address: string): string {
  const network = networkOf(address);
  if (/^127\.|^0:0:0:0::/.test(network)) return 'This machine';
  if (PRIVATE.test(network)) return 'Private network';
  const [a, b, c, d] = network.split('.');
  if (d !== undefined) return `${a}.${b}.${c}.*`;
  return `${network.split(':').slice(0, -3).join(':')}:*`;
}
