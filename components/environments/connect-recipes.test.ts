import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { ResourceDto } from "@/lib/features/environments/schema";
import { resourceOf } from "@/tests/support/resource";
import { connectRecipes, mainRecipes, quoted } from "./connect-recipes";

const context = { environmentId: "env_1", portal: "https://rostrum.example" };
const linesOf = (one: Partial<ResourceDto>) =>
  connectRecipes(resourceOf(one), context).map(({ label, text }) => `${label}: ${text}`);

const database: Partial<ResourceDto> = {
  component: "db",
  attributes: { program: "postgres" },
  addresses: [{ port: "5432", address: "127.0.0.2:31001" }],
  secretOutputs: ["url"],
};

describe("how to connect", () => {
  it("is URL and curl for what people open", () => {
    expect(linesOf({ url: "http://127.0.0.2:31002", attributes: { program: "node" } })).toEqual([
      "URL: http://127.0.0.2:31002",
      "curl: curl -i 'http://127.0.0.2:31002'",
    ]);
  });

  it("is the client and the connection URL for a database, with placeholders for the secret", () => {
    expect(linesOf(database)).toEqual([
      "Client: psql 'postgres://<user>:<password>@127.0.0.2:31001/<database>'",
      "Connection URL: postgres://<user>:<password>@127.0.0.2:31001/<database>",
    ]);
  });

  it("has the secret only in what a reveal's answer makes of it", () => {
    const [client, url] = connectRecipes(resourceOf(database), context);
    const answer = "postgres://app:it's$secret@127.0.0.2:31001/app";
    expect(client?.secret).toMatchObject({ component: "db", name: "url" });
    expect(client?.secret?.withValue(answer)).toBe(
      "psql 'postgres://app:it'\\''s$secret@127.0.0.2:31001/app'",
    );
    expect(url?.secret?.withValue(answer)).toBe(answer);
  });

  it("needs no reveal where the connection URL is no secret", () => {
    const outputs = { url: "redis://127.0.0.2:31003/0" };
    const recipes = connectRecipes(
      resourceOf({ attributes: { image: "valkey/valkey:8-alpine" }, outputs, secretOutputs: ["password"] }),
      context,
    );
    expect(recipes.map((one) => one.text)).toEqual([
      "redis-cli -u 'redis://127.0.0.2:31003/0'",
      "redis://127.0.0.2:31003/0",
    ]);
    expect(recipes.filter((one) => one.secret)).toEqual([]);
  });

  it.each([
    ["registry.example:5000/library/postgres:17", "psql"],
    ["pgvector/pgvector:pg17", "psql"],
    ["redis", "redis-cli"],
    ["mariadb:11", "mysqlsh"],
    ["mongo:8", "mongosh"],
  ])("knows the server of the image %s", (image, command) => {
    expect(linesOf({ attributes: { image }, secretOutputs: ["url"] })[0]).toMatch(`Client: ${command} `);
  });

  it.each(["postgres-exporter:1", "example/my-redis-ui", "redisinsight"])(
    "takes %s for no database",
    (image) => {
      expect(linesOf({ attributes: { image }, url: "http://127.0.0.2:31002" })[0]).toMatch("URL: ");
    },
  );

  it("goes by icon and title where the cloud tells no program, as the simulated one", () => {
    const simulated = { attributes: { simulated: true }, url: "http://127.0.0.1:31004" };
    expect(linesOf({ ...simulated, icon: "database", title: "PostgreSQL" })[0]).toMatch("Client: psql ");
    expect(linesOf({ ...simulated, icon: "server", title: "PostgreSQL board" })[0]).toMatch("URL: ");
  });

  it("is every address of other servers, and the log of what listens nowhere", () => {
    const addresses = [
      { port: "4222", address: "127.0.0.2:31005" },
      { port: "8222", address: "127.0.0.2:31006" },
    ];
    expect(linesOf({ addresses })).toEqual(["Port 4222: 127.0.0.2:31005", "Port 8222: 127.0.0.2:31006"]);
    expect(linesOf({ component: "worker" })).toEqual([
      `Follow log: curl -sN -H "Authorization: Bearer $ROSTRUM_TOKEN" 'https://rostrum.example/api/v1/environments/env_1/logs?component=worker'`,
    ]);
  });
});

it("the main lines of an environment begin with what people open, and leave out what only logs", () => {
  const url = "http://127.0.0.2:31002";
  const resources = [
    resourceOf({ ...database, title: "PostgreSQL" }),
    resourceOf({ component: "worker" }),
    resourceOf({ component: "web", title: "Web", url, attributes: { program: "node" } }),
    resourceOf({ component: "old", url: "http://127.0.0.2:31009", status: "stopped" }),
  ];
  expect(mainRecipes({ resources, url }, context).map(({ label, text }) => [label, text])).toEqual([
    ["Web", "curl -i 'http://127.0.0.2:31002'"],
    ["PostgreSQL", "psql 'postgres://<user>:<password>@127.0.0.2:31001/<database>'"],
  ]);
});

it("a shell reads a quoted word as it was, whatever is in it", () => {
  for (const word of ["plain", 'it\'s $HOME `id` \\ "x"', "a\nb", "'", ""]) {
    expect(execFileSync("sh", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8" })).toBe(word);
  }
});
