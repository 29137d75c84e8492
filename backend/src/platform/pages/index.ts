export { definePage, type PageAnswer, type PageCtx, type PageDefinition, page, redirect } from './define-page.ts';
export { type Html, html } from './html.ts';
export { field, mark, notice, qrCode, steps } from './parts.ts';
export { registerPages } from './register-pages.ts';
