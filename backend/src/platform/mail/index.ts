export { defineMail, type MailBlock, type MailDefinition } from './define.ts';
export { createMail, type Delivery, type Mail, type MailTo } from './mails.ts';
export type { MailState } from './tables.ts';
