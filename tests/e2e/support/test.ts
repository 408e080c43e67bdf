import { test as base } from "@playwright/test";

export { expect } from "@playwright/test";

/**
 * Playwright's test, with this on top: browsers that a test opens are closed when it ends. Else their pages would go
 * on listening and drawing, and every test would be slower than the one before it. What a whole file shares is opened
 * in beforeAll and stays.
 */
export const test = base.extend<{ closed: undefined }>({
  closed: [
    async ({ browser }, use) => {
      const shared = new Set(browser.contexts());
      await use(undefined);
      const own = browser.contexts().filter((context) => !shared.has(context));
      await Promise.all(own.map((context) => context.close()));
    },
    { auto: true },
  ],
});
