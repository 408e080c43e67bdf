import type { Page } from "@playwright/test";

/**
 * Collects what a page complains about: errors nobody caught and errors in the console. Answers that the API is meant
 * to refuse (4xx) are logged by the browser itself and are not complaints of ours.
 */
export function watch(page: Page): () => string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" || /Failed to load resource.* 4\d\d /.test(message.text())) return;
    problems.push(`${page.url()}: ${message.text().slice(0, 500)}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) problems.push(`${response.status()} ${response.url()}`);
  });
  return () => problems;
}
