import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";

/** The web application of the template, used through its own page like anybody who got its link. */
export class Noticeboard {
  constructor(
    readonly page: Page,
    readonly url: string,
  ) {
    // It asks before it deletes.
    page.on("dialog", (dialog) => void dialog.accept());
  }

  /** Follows a link of the portal, which opens a page of its own. */
  static async follow(context: BrowserContext, link: Locator): Promise<Noticeboard> {
    const [page] = await Promise.all([context.waitForEvent("page"), link.click()]);
    const board = new Noticeboard(page, (await link.getAttribute("href")) ?? "");
    await board.untilConnected();
    return board;
  }

  async untilConnected(): Promise<void> {
    await expect(this.page.getByText("Database connected")).toBeVisible();
  }

  async write(message: string, author: string): Promise<void> {
    await this.page.getByLabel("Message").fill(message);
    await this.page.getByLabel("Your name").fill(author);
    await this.page.getByRole("button", { name: "Add entry" }).click();
    await expect(this.entry(message)).toBeVisible();
  }

  async remove(message: string): Promise<void> {
    await this.entry(message)
      .getByRole("button", { name: /^Delete the entry/ })
      .click();
    await expect(this.entry(message)).toHaveCount(0);
  }

  entry(message: string): Locator {
    return this.page
      .getByRole("region", { name: "Entries" })
      .getByRole("listitem")
      .filter({ hasText: message });
  }

  /** What the page says about itself: Size, PostgreSQL, Process … */
  async fact(term: string): Promise<string> {
    const row = this.page
      .locator("dl.facts > div")
      .filter({ has: this.page.getByText(term, { exact: true }) });
    return (await row.locator("dd").allInnerTexts()).join();
  }

  /** The page as it answers right now; null while nothing answers. */
  async reload(): Promise<{ status: number } | null> {
    try {
      const answer = await this.page.goto(this.url, { timeout: 5_000 });
      return answer && { status: answer.status() };
    } catch {
      // No one listens, or the connection broke: this is what is waited through.
      return null;
    }
  }

  /** Loads the page until it shows its entries again. */
  async untilBack(limitMs: number): Promise<void> {
    await expect
      .poll(async () => (await this.reload())?.status ?? 0, { timeout: limitMs, intervals: [250] })
      .toBe(200);
  }
}
