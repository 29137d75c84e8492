import { expect, type Page } from '@playwright/test';

/** Presses a single key until `seen` holds. Single keys are off for 300 ms after something closed, so one press may be ignored. */
export async function pressUntil(page: Page, key: string, seen: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(key);
    await seen();
  }).toPass({ intervals: [350, 700] });
}
