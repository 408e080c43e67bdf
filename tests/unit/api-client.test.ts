import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as documentRoute from "@/app/api/v1/openapi.json/route";
import { routes } from "@/app/api/v1/routes";
import { addressOf, apiHref, csvHref } from "@/components/data/api-href";
import type { AddressParts } from "@/components/data/api-types";
import { renderApiTypes } from "../../scripts/generate-api-types";

describe("addresses of the API", () => {
  it("fill the path and write the query, without what is undefined", () => {
    const address = apiHref("/environments/{id}/logs", {
      path: { id: "a/b ?" },
      query: { component: "web & db", tail: 20 },
    });
    expect(address).toBe("/api/v1/environments/a%2Fb%20%3F/logs?component=web+%26+db&tail=20");
    expect(apiHref("/events", { query: { topics: "a,b", lastEventId: undefined } })).toBe(
      "/api/v1/events?topics=a%2Cb",
    );
    expect(apiHref("/workers")).toBe("/api/v1/workers");
  });

  it("keep the folders of a path that spans them", () => {
    const address = addressOf("/files/{path}", { path: { path: ["src", "a b?.ts"] } });
    expect(address).toBe("/api/v1/files/src/a%20b%3F.ts");
  });

  it.each<AddressParts>([{}, { path: {} }, { path: { id: "" } }])(
    "are refused where nothing fills the path: %j",
    (to) => {
      expect(() => addressOf("/tokens/{id}", to)).toThrow("/tokens/{id} needs a value for id.");
    },
  );

  it("ask for a file without blank filters", () => {
    expect(csvHref("/runs", { query: { q: "", status: "failed" } })).toBe(
      "/api/v1/runs?status=failed&format=csv",
    );
  });
});

describe("the generated types", () => {
  it("are those of the API's document", async () => {
    const table = [...routes, { path: "/api/v1/openapi.json", module: documentRoute }];
    const file = readFileSync(new URL("../../gen/api/paths.ts", import.meta.url), "utf8");
    expect(await renderApiTypes(table), "npm run api:generate").toBe(file);
  });

  it("name shared schemas, and take bytes as a Blob", async () => {
    const text = await renderApiTypes(routes.filter(({ path }) => /\/(plans|uploads)$/.test(path)));
    expect(text).toContain("export type Problem = {");
    expect(text).toContain("[key: string]: Value1;");
    expect(text).not.toContain('["schemas"]');
    expect(text).toMatch(/"application\/zip": Blob;/);
    expect(text).not.toMatch(/postUploads[\s\S]*requestBody[\s\S]*"application\/json": unknown/);
  });
});
