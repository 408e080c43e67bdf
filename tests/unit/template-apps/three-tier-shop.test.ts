import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { postForm, postJson, templateApps } from "@/tests/support/template-apps";
import { waitForAnswer } from "@/tests/support/template-programs";

const apps = templateApps();

describe("three-tier-shop", () => {
  async function startShop(url: string) {
    const api = await apps.start("three-tier-shop/api", ["server.mjs"], {
      DATABASE_URL: url,
      INSTANCE_NAME: "api-1",
    });
    const environment = { API_URL: api.url, SHOP_CURRENCY: "CHF" };
    const webs = await Promise.all(
      [1, 2].map((number) =>
        apps.start("three-tier-shop/web", ["server.mjs"], { ...environment, INSTANCE_NAME: `web-${number}` }),
      ),
    );
    await waitForAnswer(`${api.url}/healthz`, 200);
    return { api, webs };
  }

  const basketOf = (answer: Response) => (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

  it("sells through any replica: the basket follows, an order is placed once, the stock is true", async () => {
    const { url, pool } = await apps.createDatabase();
    const { webs } = await startShop(url);
    const [one, two] = webs;
    if (!one || !two) throw new Error("two replicas were started");
    const page = await (await fetch(one.url)).text();
    expect(page.match(/class="card product"/g)).toHaveLength(8);
    for (const shown of ["CHF", "replica <code>web-1</code>", "data by API replica <code>api-1</code>"]) {
      expect(page).toContain(shown);
    }
    const cookie = basketOf(await postForm(`${one.url}/basket`, { product: "5", add: "1", quantity: "3" }));
    const basket = await (await fetch(`${two.url}/basket`, { headers: { cookie } })).text();
    expect(basket).toContain("Studio headphones");
    const token = /name="token" value="([^"]+)"/.exec(basket)?.[1] ?? "";
    const order = { token, customer: "Ada" };
    const placed = await Promise.all(
      [one, two].map((web) => postForm(`${web.url}/orders`, order, { cookie })),
    );
    expect(placed.map((answer) => answer.headers.get("location"))).toEqual([
      "/orders?placed=1001",
      "/orders?placed=1001",
    ]);
    const { rows } = await pool.query(
      "SELECT stock, (SELECT count(*)::int FROM orders) AS orders FROM products WHERE id = 5",
    );
    expect(rows).toEqual([{ stock: 12, orders: 1 }]);
    expect(await (await fetch(`${two.url}/orders?placed=1001`)).text()).toContain("Thank you, Ada.");
  }, 60_000);

  it("never sells the last piece twice, and changes nothing for a refused order", async () => {
    const { url, pool } = await apps.createDatabase();
    const { api } = await startShop(url);
    await pool.query("UPDATE products SET stock = 1 WHERE id = 1");
    const lines = [
      { productId: 2, quantity: 1 },
      { productId: 1, quantity: 1 },
    ];
    const orders = Array.from({ length: 12 }, () =>
      postJson(`${api.url}/api/orders`, { token: randomUUID(), customer: "A", lines: lines.toReversed() }),
    );
    const statuses = (await Promise.all(orders)).map((answer) => answer.status);
    expect(statuses.toSorted()).toEqual([201, ...Array.from({ length: 11 }, () => 409)]);
    expect((await pool.query("SELECT stock FROM products WHERE id < 3 ORDER BY id")).rows).toEqual([
      { stock: 0 },
      { stock: 119 },
    ]);
    const wrong = [
      { token: "x", customer: "A", lines },
      { token: randomUUID(), customer: " ", lines },
      { token: randomUUID(), customer: "A", lines: [] },
      { token: randomUUID(), customer: "A", lines: [{ productId: 1, quantity: -1 }] },
      { token: randomUUID(), customer: "A", lines: [null] },
      { token: randomUUID(), customer: "A", lines: [{ productId: 99, quantity: 1 }] },
    ];
    for (const body of wrong) {
      expect((await postJson(`${api.url}/api/orders`, body)).status, JSON.stringify(body)).toBe(422);
    }
  }, 60_000);

  it("closes with a friendly page while the API is away and restocks as an action", async () => {
    const { url } = await apps.createDatabase();
    const { api, webs } = await startShop(url);
    const [web] = webs;
    const restocked = apps.run("three-tier-shop/api", ["restock.mjs"], { DATABASE_URL: url });
    expect(restocked.stdout).toBe("Restocked 6 products.\n");
    api.kill("SIGTERM");
    expect(await api.ended()).toBe(0);
    const answer = await fetch(`${web?.url}/`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("The shop is temporarily unavailable.");
    expect((await fetch(`${web?.url}/status`)).status).toBe(503);
    expect((await fetch(`${web?.url}/healthz`)).status).toBe(200);
  }, 60_000);
});
