import { expect, it } from "vitest";
import * as schema from "@/lib/features/identity/schema";
import { demoLines, demoLinkCommand } from "../../scripts/lib/first-start.mjs";

const url = "http://localhost:3000";

it("shows the link of a start at a terminal, and how to get another", () => {
  const lines = demoLines({ demo: true, demoToken: "a-token" }, url);
  expect(lines[0]).toBe("Demo: http://localhost:3000/demo/a-token");
  expect(lines[1]).toContain(demoLinkCommand);
});

it("names the command where no link was made, and says nothing without demo data", () => {
  expect(demoLines({ demo: true, demoToken: null }, url, "admin demo link").join()).toMatch(
    /admin demo link$/,
  );
  expect(demoLines({ demo: false, demoToken: null }, url)).toEqual([]);
});

it("is the command that the sign-in page names", () => {
  expect(demoLinkCommand).toBe(schema.demoLinkCommand);
});
