import type { Page } from "@playwright/test";

/** Refusals by the API, and the machine's own network changing under the browser (a container engine starts). */
const expected = /Failed to load resource.*( 4\d\d |ERR_NETWORK_CHANGED)/;

/**
 * Collects what a page complains about: errors no one caught and errors in the console. What the
 * browser logs by itself about a refused request is no complaint of ours.
 */
export function watch(page: Page): () => string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" || expected.test(message.text())) return;
    problems.push(`${page.url()}: ${message.text().slice(0, 500)}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) problems.push(`${response.status()} ${response.url()}`);
  });
  return () => problems;
}
