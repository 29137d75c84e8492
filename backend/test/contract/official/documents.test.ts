import { expect, test } from 'vitest';
import { describeSpecs } from './cases.ts';
import { createOfficial } from './check.ts';
import { BOOKS, type OfficialName } from './documents.ts';

/** A path that fits a template. */
const pathOf = (template: string, id: string): string =>
  template.replaceAll(/\{\+?([^}=]+)(?:=([^}]+))?\}/g, (_, name: string, shape: string | undefined) => {
    if (name === 'version') return '25.0';
    return shape?.replaceAll('*', '1') ?? (id.startsWith('AdAccount.') ? 'act_1' : '1');
  });

describeSpecs('every document', () => {
  test.each(Object.keys(BOOKS) as OfficialName[])(
    '%s: is read, and every reply made from it is one of its own',
    name => {
      const book = BOOKS[name]();
      const document = createOfficial(book);
      expect(book.operations.length).toBeGreaterThan(2);
      const wrong = book.operations.flatMap(({ id, method, template }) => {
        const call = { method, path: pathOf(template, id), as: id };
        const faults = document.reply({ ...call, ...document.example(call) });
        return faults.map(fault => `${id}: ${fault}`);
      });
      expect(wrong).toEqual([]);
    },
  );
});
