import type { SenderFact, TemplateFact } from '@astrix/contract';
import { z } from 'zod';
import { clamp } from '../json.ts';

/** GET /{phone-number-id}. The limit belongs to the business portfolio since October 2025, and is told with each of its numbers. */
export const PhoneNumber = z.object({
  id: z.string().regex(/^\d{5,20}$/),
  display_phone_number: z.string().max(40),
  verified_name: z.string().max(300).default(''),
  quality_rating: z.string().max(40).optional(),
  whatsapp_business_manager_messaging_limit: z.string().max(40).optional(),
});
export type PhoneNumber = z.infer<typeof PhoneNumber>;

export const NUMBER_FIELDS = 'id,display_phone_number,verified_name,quality_rating';
export const LIMIT_FIELD = 'whatsapp_business_manager_messaging_limit';

const QUALITY: Readonly<Record<string, SenderFact['quality']>> = { GREEN: 'high', YELLOW: 'medium', RED: 'low' };

/** «TIER_2K» is 2,000 customers in 24 hours; without a limit, or with a word that is new, it is not told. */
const limitOf = (tier = ''): number | null => {
  const [, count, thousand] = /^TIER_(\d{1,4})(K?)$/.exec(tier) ?? [];
  return count === undefined ? null : Number(count) * (thousand ? 1000 : 1);
};

export const senderOf = (number: PhoneNumber): SenderFact => ({
  id: number.id,
  address: number.display_phone_number,
  name: number.verified_name,
  quality: QUALITY[number.quality_rating ?? ''] ?? 'unknown',
  dailyLimit: limitOf(number.whatsapp_business_manager_messaging_limit),
});

/** A row of /{business-account-id}/message_templates. */
export const Template = z.object({
  id: z.string().max(100),
  name: z.string().max(512),
  language: z.string().max(20),
  category: z.string().max(60).default(''),
  status: z.string().max(60),
  components: z
    .array(z.object({ type: z.string().max(60), text: z.string().max(5000).optional() }))
    .max(20)
    .default([]),
});
export type Template = z.infer<typeof Template>;

const CATEGORIES: Readonly<Record<string, TemplateFact['category']>> = {
  MARKETING: 'marketing',
  UTILITY: 'utility',
  AUTHENTICATION: 'authentication',
};

/** A template that is being appealed or deleted is as good as one that waits or is gone. */
const STATUSES: Readonly<Record<string, TemplateFact['status']>> = {
  APPROVED: 'approved',
  PENDING: 'pending',
  IN_APPEAL: 'pending',
  REJECTED: 'rejected',
  PAUSED: 'paused',
  DISABLED: 'disabled',
  ARCHIVED: 'disabled',
  PENDING_DELETION: 'disabled',
  DELETED: 'disabled',
};

/** Numbered or named: «{{1}}», «{{order_id}}»; the same one twice is filled once. */
const placeholdersIn = (text: string): number =>
  new Set(Array.from(text.matchAll(/\{\{\s*([a-z0-9_]{1,60})\s*\}\}/gi), ([, name]) => name)).size;

export function templateOf(template: Template): TemplateFact {
  const text = template.components.find(({ type }) => type.toUpperCase() === 'BODY')?.text ?? '';
  return {
    id: template.id,
    name: clamp(template.name, 300),
    language: template.language,
    category: CATEGORIES[template.category] ?? 'other',
    status: STATUSES[template.status] ?? 'unknown',
    text: clamp(text, 1100),
    placeholders: placeholdersIn(text),
  };
}
