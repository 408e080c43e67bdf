import { afterAll, beforeAll, expect, it } from "vitest";
import { createWebhook } from "@/lib/features/notifications";
import { cliActor } from "@/lib/platform/auth";
import { query } from "@/lib/platform/db";
import type { TestDatabase } from "../support/database";
import { useTestPortal } from "../support/portal";

let database: TestDatabase;
beforeAll(async () => {
  database = await useTestPortal({});
});
afterAll(async () => database?.drop());

it("never makes more webhooks than the limit, also of many at once", async () => {
  const make = (index: number) =>
    createWebhook(cliActor(), {
      name: `hook ${index}`,
      url: `https://hooks.example/${index}`,
      format: "standard",
      groups: ["requests"],
    });
  const made = await Promise.allSettled(Array.from({ length: 60 }, (_, index) => make(index)));
  const refused = made.filter((one) => one.status === "rejected");
  expect(refused).toHaveLength(10);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: "conflict" });
  const [{ count } = { count: 0 }] = await query<{ count: number }>("SELECT count(*)::int FROM webhook");
  expect(count).toBe(50);
});
