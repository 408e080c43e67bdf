import { expect, type Locator, type Page } from "@playwright/test";

/** What the panel beside the form says right now. */
export interface Quote {
  /** Monthly amount in the panel's currency. */
  monthly: number;
  verdict: string;
  /** "4.5 of 16 cores", one per shown limit. */
  room: string[];
  button: string;
}

/** The form that asks for an environment or a change of one, as a person sees and uses it. */
export class RequestForm {
  readonly panel: Locator;
  readonly submit: Locator;

  constructor(readonly page: Page) {
    this.panel = page.getByRole("region", { name: "Cost and approval" });
    // On a phone it stands in a bar at the bottom instead of the panel.
    this.submit = page
      .getByRole("button", {
        name: /^(Create environment|Submit for approval|Apply changes|Blocked by policy|Exceeds quota|No changes to apply)$/,
      })
      .filter({ visible: true });
  }

  async fillName(name: string): Promise<void> {
    await this.page.getByLabel("Name", { exact: true }).fill(name);
    await expect(this.page.getByText(`${name} is available in `)).toBeVisible();
  }

  async chooseCloud(name: string): Promise<void> {
    await this.page.getByLabel("Cloud", { exact: true }).selectOption(name);
  }

  async choosePreset(name: string): Promise<void> {
    const preset = this.page
      .getByRole("radiogroup", { name: "Preset" })
      .getByRole("radio", { name: new RegExp(`^${name}`) });
    await preset.click();
    await expect(preset).toBeChecked();
  }

  async chooseSize(label: string): Promise<void> {
    const size = this.page
      .getByRole("radiogroup", { name: "Size" })
      .getByRole("radio", { name: new RegExp(`^${label}`) });
    await size.click();
    await expect(size).toBeChecked();
  }

  async setReplicas(count: number): Promise<void> {
    await this.page.getByLabel("Web replicas", { exact: true }).last().fill(String(count));
  }

  async giveReason(reason: string): Promise<void> {
    await this.page.getByLabel(/^Purpose/).fill(reason);
  }

  /** The panel once it has an answer to what is in the form now. */
  async quote(): Promise<Quote> {
    await expect(this.panel.locator("[aria-busy=true]")).toHaveCount(0);
    await expect(this.panel.getByText(/New monthly cost|a month|\/mo/).first()).toBeVisible();
    const text = (await this.panel.allInnerTexts()).join().replaceAll("\u00a0", " ");
    // A change names the amount after it first; the budget below it also speaks of a month.
    const amount =
      /New monthly cost\s*€ ?([\d.,]+)/.exec(text) ?? /€ ?([\d.,]+)\s*(?:a month|\/mo)/.exec(text);
    if (!amount?.[1]) throw new Error(`no price in: ${text}`);
    const meters = await this.panel.getByRole("meter").all();
    return {
      monthly: Number(amount[1].replaceAll(",", "")),
      verdict: /\b(Auto-approved|Requires approval|Blocked by policy|Over quota)\b/.exec(text)?.[1] ?? "none",
      room: await Promise.all(meters.map(async (one) => (await one.getAttribute("aria-label")) ?? "")),
      button: (await this.submit.allInnerTexts()).join(),
    };
  }

  /** The panel once it says something else than before. */
  async quoteAfter(before: Quote): Promise<Quote> {
    let now = before;
    await expect
      .poll(async () => {
        now = await this.quote();
        return now.monthly;
      })
      .not.toBe(before.monthly);
    return now;
  }
}
