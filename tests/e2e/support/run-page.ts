import { expect, type Locator, type Page } from "@playwright/test";
import { runStatusLabels } from "@/lib/features/runs/schema";

/** What someone saw who kept looking at a run's page. */
export interface Watched {
  /** Step in the graph → the words it was seen with, in order. */
  states: Map<string, string[]>;
  /** Numbers of log lines that were seen, in order, while the run continued. */
  lineCounts: number[];
  /** "1 of 3 steps done" and so on. */
  progress: string[];
}

const { succeeded, failed, unknown, cancelled } = runStatusLabels;
const over = new RegExp(`^(${[succeeded, failed, unknown, cancelled].join("|")})$`);

/** A run's page. */
export class RunPage {
  readonly status: Locator;

  constructor(readonly page: Page) {
    const words = [...Object.values(runStatusLabels), "Canceling"].join("|");
    this.status = page.locator("header:has(h1)").getByText(new RegExp(`^(${words})$`));
  }

  /** Waits for its good end, without loading the page again. */
  async untilDone(limitMs = 90_000): Promise<void> {
    await expect(this.page).toHaveURL(/\/runs\/run_/);
    await expect(this.status).toHaveText(over, { timeout: limitMs });
    await expect(this.status).toHaveText(succeeded);
  }

  /** Waits until the graph shows this many steps. */
  async untilDrawn(steps: number): Promise<void> {
    await expect(this.#nodes()).toHaveCount(steps);
  }

  /** Looks on until the run is over and tells what could be seen meanwhile. */
  async watch(limitMs = 90_000): Promise<Watched> {
    const seen: Watched = { states: new Map(), lineCounts: [], progress: [] };
    await expect
      .poll(async () => await this.#look(seen).catch(whileLoading), { timeout: limitMs, intervals: [100] })
      .toMatch(over);
    return seen;
  }

  #nodes(): Locator {
    return this.page.getByRole("region", { name: "Steps of the run" }).locator("button[aria-pressed]");
  }

  async #look(seen: Watched): Promise<string> {
    const status = (await this.status.allInnerTexts())[0] ?? "";
    for (const node of await this.#nodes().allInnerTexts()) {
      const [title = "", word = ""] = node.split("\n").map((line) => line.trim());
      note(seen.states, title, word);
    }
    const [lines] = await this.page.getByText(/^\d+\slines?$/).allInnerTexts();
    const count = Number.parseInt(lines ?? "0", 10);
    if (!over.test(status) && seen.lineCounts.at(-1) !== count) seen.lineCounts.push(count);
    const [done] = await this.page.getByText(/^\d+ of \d+\ssteps? done$/).allInnerTexts();
    if (done && seen.progress.at(-1) !== done) seen.progress.push(done);
    return status;
  }
}

/** Next loads the whole page where a refresh of it didn't arrive. That is no end of looking, but said. */
function whileLoading(error: unknown): string {
  if (!(error instanceof Error) || !error.message.includes("Execution context was destroyed")) throw error;
  console.warn("The page of the run was loaded again while it was looked at.");
  return "";
}

function note(states: Map<string, string[]>, title: string, word: string): void {
  const words = states.get(title) ?? [];
  if (words.at(-1) !== word) words.push(word);
  states.set(title, words);
}
