import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = ['contract/**/*.ts', 'backend/src/**/*.ts', 'sdk/src/**/*.ts', 'src/**/*.{ts,tsx}'];
/** What could cut a text: a slice from the beginning, a substring. A negative end leaves something off, and cuts no text of ours. */
const CUT = /\.slice\(\s*0\s*,\s*[^-\s]|\.substring\(|\.substr\(/g;

/**
 * Files that take the beginning of something that no person wrote, and how often: of a list, of digits, of a date, of a digest, of a token, of
 * one part of an address, or the first letter of a sentence. A text that people write or read is shortened by `shorten` (contract/shorten.ts) or `clamp` (backend/src/providers/json.ts).
 */
const NO_TEXT: Readonly<Record<string, number>> = {
  'backend/src/config/urls.ts': 1,
  'backend/src/demo/deal.ts': 3,
  'backend/src/kernel/mail-address.ts': 2,
  'backend/src/kernel/money.ts': 1,
  'backend/src/kernel/seeded-random.ts': 1,
  'backend/src/modules/audit/index.ts': 1,
  'backend/src/modules/connections/callback.ts': 1,
  'backend/src/modules/connections/seed.ts': 1,
  'backend/src/modules/contacts/consent/vocabulary.ts': 1,
  'backend/src/modules/previews/describe-gaps.ts': 1,
  'backend/src/modules/previews/newest.ts': 1,
  'backend/src/modules/identity/members/people.ts': 1,
  'backend/src/modules/webhooks/dead-letters.ts': 1,
  'backend/src/modules/webhooks/owner-callbacks.ts': 1,
  'backend/src/modules/webhooks/split.ts': 1,
  'backend/src/platform/crypto/sigv4.ts': 1,
  'backend/src/platform/db/server.ts': 1,
  'backend/src/platform/db/unreachable.ts': 1,
  'backend/src/platform/egress/ledger.ts': 1,
  'backend/src/platform/egress/rules.ts': 1,
  'backend/src/platform/http/json-body.ts': 1,
  'backend/src/platform/http/network.ts': 3,
  'backend/src/platform/http/server.ts': 1,
  'backend/src/platform/mail/mails.ts': 1,
  'backend/src/platform/signatures/jwt.ts': 1,
  'backend/src/platform/vault/kek.ts': 1,
  'backend/src/platform/vault/rewrap.ts': 1,
  'backend/src/platform/vault/secrets.ts': 1,
  'backend/src/providers/days.ts': 1,
  'backend/src/providers/delhivery/map.ts': 1,
  'backend/src/providers/fields.ts': 2,
  'backend/src/providers/messaging.ts': 1,
  'backend/src/providers/meta-ads/map.ts': 1,
  'backend/src/providers/stripe/client.ts': 1,
  'backend/src/providers/whatsapp/parts.ts': 3,
  'contract/clients/hours.ts': 1,
  'contract/conversations/writes.ts': 1,
  'contract/fields.ts': 1,
  'contract/uuid.ts': 1,
  'src/main/account/vault.ts': 2,
  'src/main/cache/reads.ts': 2,
  'src/main/cache/search.ts': 5,
  'src/main/clients/tray-model.ts': 2,
  'src/main/ipc/errors.ts': 1,
  'src/main/log/log.ts': 3,
  'src/main/sync/outbox.ts': 2,
  'src/renderer/app/palette.tsx': 2,
  'src/renderer/app/rail-order.ts': 1,
  'src/renderer/features/connections/account-notices.tsx': 1,
  'src/renderer/features/connections/overview.tsx': 1,
  'src/renderer/features/clients/hours-tab.tsx': 1,
  'src/renderer/features/inbox/conversation-list.tsx': 2,
  'src/renderer/features/inbox/held-list.ts': 1,
  'src/renderer/features/inbox/selection.ts': 1,
  'src/renderer/features/inbox/tag-choices.ts': 1,
  'src/renderer/features/security/words.ts': 1,
  'src/renderer/features/sign-in-settings/provider-text.ts': 2,
  'src/renderer/lib/faults.ts': 1,
  'src/renderer/lib/format.ts': 1,
};

function cutsOf(file: string): number {
  const code = readFileSync(join(ROOT, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...code.matchAll(CUT)].length;
}

test('text is shortened by whole characters, in one place', () => {
  const files = SOURCES.flatMap(pattern => globSync(pattern, { cwd: ROOT }))
    .map(file => file.replaceAll('\\', '/'))
    .filter(file => !/\.test\.tsx?$|\/testkit\//.test(file) && file !== 'contract/shorten.ts');
  expect(files.length).toBeGreaterThan(400);
  const found = Object.fromEntries(files.map(file => [file, cutsOf(file)] as const).filter(([, cuts]) => cuts > 0));
  expect(found, 'a cut that is not listed: call shorten, or list the file if nobody wrote what is cut').toEqual(
    NO_TEXT,
  );
});

test.each(['text.slice(0, 3)', 'a.slice( 0,most)', 'a.substring(1)', 'a.substr(1)'])('%s counts as a cut', code => {
  expect([...code.matchAll(CUT)]).toHaveLength(1);
});
test.each(['list.slice(1)', 'list.slice(0, -1)', 'list.slice(from, to)'])('%s counts as none', code => {
  expect([...code.matchAll(CUT)]).toHaveLength(0);
});
