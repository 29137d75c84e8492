import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { currentCode } from '../../src/modules/identity/index.ts';
import { type MailServer, startMailServer } from '../mail-server.ts';
import { createWorld, TOTP, type World } from '../world.ts';
import { arrivalOf, exchange, newBrowser, newConsole } from './browser.ts';

let world: World;
let mails: MailServer;
beforeAll(async () => {
  mails = await startMailServer();
  world = await createWorld({
    ASTRIX_ROLE: 'api',
    ASTRIX_SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
    ASTRIX_MAIL_FROM: 'Astrix <console@agency1.example>',
  });
});
afterAll(async () => {
  await world.close();
  await mails.close();
});
beforeEach(() => world.clock.advance(3700));

const EMAIL = 'agent@agency1.example';
const code = async () => (await currentCode(TOTP, world.clock.now())).code;

/** Asks for a link; answers the path in the mail. */
async function asked(email = EMAIL, browser = newBrowser(world), waiting = newConsole()) {
  const before = mails.received.length;
  await browser.open(waiting.path);
  await browser.send({ do: 'link', email });
  await expect
    .poll(async () => {
      await world.app.runNow('mail.send');
      return mails.received.length;
    })
    .toBeGreaterThan(before);
  const url = /https?:\/\/[^\s"]+\/sign-in\/link\/[\w-]+/.exec(mails.received.at(-1)!.text ?? '')![0];
  return { path: new URL(url).pathname, browser, waiting };
}

describe('A2: a link by e-mail', () => {
  test('opened in the browser that asked for it, it goes on to the second factor and to the console', async () => {
    const { path, browser, waiting } = await asked();
    expect(browser.title()).toBe('Look into your mail');
    await browser.open(path);
    await browser.send({});
    expect(browser.title()).toBe('Confirm that it is you');
    await browser.send({ do: 'totp', code: await code() });
    expect((await exchange(world, waiting, arrivalOf(browser.page()).code)).statusCode).toBe(200);
  });

  test('a scanner of mail that opens it, ten times and by HEAD, does not use it up', async () => {
    const { path, browser } = await asked();
    for (let n = 0; n < 10; n++) await newBrowser(world).open(path);
    await world.inject({ method: 'HEAD', url: path, headers: { host: '127.0.0.1' } });
    await browser.open(path);
    await browser.send({});
    expect(browser.title()).toBe('Confirm that it is you');
  });

  test('on another device it shows a code, which works once and only where the sign-in was begun', async () => {
    const { path, browser } = await asked();
    const phone = newBrowser(world);
    await phone.open(path);
    expect(phone.page().body).toContain('in another browser or on another device');
    await phone.send({});
    const shown = /<code class="big">(\d{6})<\/code>/.exec(phone.page().body)![1]!;
    const stranger = newBrowser(world);
    await stranger.open(newConsole().path);
    await stranger.send({ do: 'link-code', code: shown });
    expect(stranger.title()).not.toBe('Confirm that it is you');
    await browser.send({ do: 'link-code', code: shown === '000000' ? '111111' : '000000' });
    expect(browser.page().body).toContain('That is not the code');
    await browser.send({ do: 'link-code', code: shown });
    expect(browser.title()).toBe('Confirm that it is you');
  });

  test('AU-10: forwarded to somebody else, it opens nothing without the second factor', async () => {
    const { path } = await asked();
    const thief = newBrowser(world);
    await thief.open(path);
    await thief.send({});
    expect(thief.title()).toBe('Type this code on the other device');
    expect(arrivalOf(thief.page()).code).toBe('');
  });

  test('it works once, and for ten minutes', async () => {
    const { path, browser } = await asked();
    await browser.open(path);
    await browser.send({});
    await browser.open(path);
    expect(browser.page().statusCode).toBe(410);
    const late = await asked();
    world.clock.advance(601);
    await late.browser.open(late.path);
    expect(late.browser.page().statusCode).toBe(410);
  });

  test('AU-14: an address that nobody has is answered alike, and gets no mail', async () => {
    const [known, unknown] = [newBrowser(world), newBrowser(world)];
    await asked(EMAIL, known);
    await unknown.open(newConsole().path);
    const before = mails.received.length;
    await unknown.send({ do: 'link', email: 'nobody@agency1.example' });
    const plain = (body: string) =>
      body.replaceAll(/value="[\w-]{43}"|\/sign-in\/[\w-]{36}|(?:agent|nobody)@agency1\.example/g, '');
    expect(plain(unknown.page().body)).toBe(plain(known.page().body));
    await world.app.runNow('mail.send');
    expect(mails.received.length).toBe(before);
  });

  test('an address gets five links an hour', async () => {
    const email = 'manager@agency1.example';
    for (let n = 0; n < 5; n++) await asked(email);
    const before = mails.received.length;
    const browser = newBrowser(world);
    await browser.open(newConsole().path);
    await browser.send({ do: 'link', email });
    await world.app.runNow('mail.send');
    expect(mails.received.length).toBe(before);
    expect(browser.title()).toBe('Look into your mail');
  });
});
