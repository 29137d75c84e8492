import { describe, expect, test } from 'vitest';
import { signAws } from './index.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const SCOPE = { region: 'us-east-1', service: 'service', at: new Date('2015-08-30T12:36:00.000Z') };
const BASE = { url: 'https://example.amazonaws.com/', headers: {}, body: '' };
const signatureOf = (headers: Record<string, string>) => /Signature=(\w+)$/.exec(headers.authorization ?? '')?.[1];

describe('CR-01: signatures of requests to AWS', () => {
  /** Of the test suite that AWS publishes for Signature Version 4. */
  const VECTORS = [
    ['GET', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['POST', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  ] as const;
  test.each(VECTORS)('%s is signed as AWS does', (method, signature) => {
    const headers = signAws({ ...BASE, method }, SCOPE, CREDENTIALS);
    expect(headers.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    );
  });

  test('every header, the body, the time, the region and the session are part of it', () => {
    const plain = signatureOf(signAws({ ...BASE, method: 'POST' }, SCOPE, CREDENTIALS));
    const others = [
      signAws({ ...BASE, method: 'POST', body: 'x' }, SCOPE, CREDENTIALS),
      signAws({ ...BASE, method: 'POST', headers: { 'X-Amz-Target': 'x' } }, SCOPE, CREDENTIALS),
      signAws({ ...BASE, method: 'POST' }, { ...SCOPE, at: new Date('2015-08-30T12:36:01Z') }, CREDENTIALS),
      signAws({ ...BASE, method: 'POST' }, { ...SCOPE, region: 'ap-south-1' }, CREDENTIALS),
      signAws({ ...BASE, method: 'POST' }, { ...SCOPE, service: 'other' }, CREDENTIALS),
      signAws({ ...BASE, method: 'POST' }, SCOPE, { ...CREDENTIALS, sessionToken: 'session' }),
      signAws({ ...BASE, method: 'POST', url: 'https://other.amazonaws.com/' }, SCOPE, CREDENTIALS),
    ].map(signatureOf);
    expect(new Set([plain, ...others]).size).toBe(others.length + 1);
  });

  test('the secret key stands in none of the headers', () => {
    const headers = signAws({ ...BASE, method: 'POST' }, SCOPE, CREDENTIALS);
    expect(JSON.stringify(headers)).not.toContain(CREDENTIALS.secretAccessKey);
  });
});
