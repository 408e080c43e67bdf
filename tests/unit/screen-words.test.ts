import { describe, expect, it } from "vitest";
import { sortTemplates } from "@/components/catalog/catalog-sort";
import { axisFigure, axisUnit, timeTicks, valueTicks } from "@/components/charts/axes";
import { greatest } from "@/components/charts/figures";
import { sortFilter } from "@/components/data/list-params";
import { leaseWords } from "@/components/environments/lease-words";
import { readLogText } from "@/components/environments/log-text";
import { metricDomain } from "@/components/environments/metric-points";
import type { VersionSort } from "@/lib/features/catalog/schema";
import { sortVersions } from "@/lib/features/catalog/version-sort";
import { activityTitle, type Happened } from "@/lib/features/environments/activity-title";
import { leadsToPortal, mainUrl } from "@/lib/features/environments/main-url";
import { endWords } from "@/lib/features/runs/schema";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe("how long a lease still goes", () => {
  it.each([
    [2.99 * dayMs, "3 days left", false],
    [2 * dayMs, "2 days left", false],
    [47.6 * hourMs, "48 hours left", true],
    [hourMs, "1 hour left", true],
    [20_000, "1 minute left", true],
    [-3 * dayMs, "expired 3 days ago", true],
    [-90 * 60_000, "expired 2 hours ago", true],
  ])("%d ms: %s", (leftMs, text, soon) => {
    const words = leaseWords(leftMs);
    expect([plain(words.text), words.soon]).toEqual([text, soon]);
  });
});

describe("a line of a component's log", () => {
  const readAt = "2026-11-26T17:40:00.000Z";

  it("has the time its program wrote, not the one it was read at", () => {
    expect(readLogText("2026-11-26T17:35:17.610Z info listening on port 21327", readAt)).toEqual({
      time: Date.parse("2026-11-26T17:35:17.610Z"),
      level: "info",
      text: "info listening on port 21327",
    });
  });

  it("understands PostgreSQL's way and marks its errors", () => {
    expect(
      readLogText("2026-11-26 17:35:15.123 UTC [812] FATAL:  the database is shutting down", null),
    ).toEqual({
      time: Date.parse("2026-11-26T17:35:15.123Z"),
      level: "error",
      text: "FATAL:  the database is shutting down",
    });
  });

  it("tells what Rostrum wrote from what the program wrote", () => {
    expect(readLogText("[rostrum] Copying 2 files of the template", null)).toMatchObject({
      source: "rostrum",
      text: "Copying 2 files of the template",
    });
  });

  it.each(["2026-99-99T17:35:17Z broken clock", "errors: 0", "plain words", ""])(
    "leaves %j alone",
    (text) => {
      expect(readLogText(text, readAt)).toMatchObject({ time: readAt, text, level: "info" });
    },
  );
});

describe("axes", () => {
  it("marks full hours of the viewer's own clock", () => {
    const from = Date.parse("2026-11-26T16:44:10Z");
    const ticks = timeTicks(from, from + hourMs, 0).map((t) => new Date(t).toISOString().slice(11, 16));
    expect(ticks).toEqual(["16:50", "17:00", "17:10", "17:20", "17:30", "17:40"]);
    const berlin = timeTicks(Date.parse("2026-11-20T10:00:00Z"), Date.parse("2026-11-26T10:00:00Z"), -60);
    expect(new Date(berlin[0] ?? 0).toISOString()).toBe("2026-11-20T23:00:00.000Z");
  });

  it("has no two marks of the same minute on a young chart", () => {
    const ticks = timeTicks(0, 40_000, 0);
    expect(new Set(ticks.map((t) => Math.floor(t / 60_000))).size).toBe(ticks.length);
  });

  it.each([
    [0.0045, "cpu", ["0", "0.002", "0.004", "0.006"]],
    [0.45, "cpu", ["0", "0.2", "0.4", "0.6"]],
    [243 * 1024 ** 2, "bytes", ["0 B", "64 MiB", "128 MiB", "192 MiB", "256 MiB"]],
    [0, "number", ["0", "0.5", "1"]],
  ] as const)("up to %d %s", (most, format, expected) => {
    expect(valueTicks(most, format).map((value) => plain(axisFigure(value, format)))).toEqual(expected);
  });

  it("always reach what is drawn, with five marks at most", () => {
    for (let most = 1e-4; most < 1e13; most *= 1.7) {
      for (const format of ["bytes", "cpu", "number"] as const) {
        const ticks = valueTicks(most, format);
        expect(ticks.length).toBeLessThanOrEqual(5);
        expect(ticks.at(-1) ?? 0).toBeGreaterThanOrEqual(most * (1 - 1e-9));
      }
    }
  });

  it("reach the greatest value of any series, and nothing where none is known", () => {
    const series = [
      { key: "a", label: "a" },
      { key: "b", label: "b" },
    ];
    const points = [
      { t: 0, a: 2, b: null },
      { t: 1, a: 1, b: 3 },
    ];
    expect([greatest(series, points), greatest(series, [])]).toEqual([3, 0]);
  });

  it("has the unit of cores once above it, and that of sizes at every mark", () => {
    expect([axisUnit("cpu"), axisUnit("bytes"), axisUnit("number")]).toEqual(["Cores", null, null]);
  });
});

describe("the time axis of measurements", () => {
  const now = Date.parse("2026-11-26T18:00:00Z");

  it("ends now, also where nothing was measured for a while", () => {
    const [from, to] = metricDomain({ range: "1h" }, [{ t: now - 50 * 60_000 }], now);
    expect([from, to]).toEqual([now - 50 * 60_000, now]);
  });

  it("is never longer than its range, nor shorter than ten minutes", () => {
    expect(metricDomain({ range: "1h" }, [{ t: now - dayMs }], now)[0]).toBe(now - hourMs);
    expect(metricDomain({ range: "1h" }, [{ t: now - 5_000 }], now)[0]).toBe(now - 600_000);
    expect(metricDomain({ range: "7d" }, [], now)).toEqual([now - 600_000, now]);
  });
});

describe("the address people open", () => {
  const portal = "https://rostrum.example";

  it.each([
    [{ api: "http://127.0.0.1:1/api/entries", url: "http://127.0.0.1:1" }, "http://127.0.0.1:1"],
    [{ orders: "https://shop.example/orders", shop: "https://shop.example" }, "https://shop.example"],
    [{ host: "127.0.0.1", port: 5432 }, null],
    [{}, null],
  ])("of %j is %s", (outputs, expected) => {
    expect(mainUrl(outputs, portal)).toBe(expected);
  });

  it.each([
    "https://rostrum.example/environments",
    "http://ROSTRUM.example.:8080/x",
    "HTTPS://rostrum.example",
    "http://app@rostrum.example/",
    "http:\\\\rostrum.example",
  ])("is never one that leads to the portal: %s", (url) => {
    expect(mainUrl({ url, other: url }, portal)).toBeNull();
    expect(mainUrl({ url, shop: "https://shop.example" }, portal)).toBe("https://shop.example");
    // A backslash makes no address that is shown as a link at all.
    expect(leadsToPortal(url, portal)).toBe(!url.includes("\\"));
  });
});

describe("what stands in for a simulated workload", () => {
  const portal = "https://rostrum.example";

  it("is a link, though the portal serves it", () => {
    const url = `${portal}/simulated/shop/web/orders`;
    expect(leadsToPortal(url, portal)).toBe(false);
    expect(mainUrl({ url }, portal)).toBe(url);
  });

  it.each([
    `${portal}/simulated`,
    `${portal}/simulated/../environments`,
    `${portal}/simulated/%2e%2e/environments`,
    `${portal}/simulated\\..\\environments`,
    `${portal}/simulatedly/x`,
    `${portal}//simulated/x`,
    `${portal}:8443/simulated/shop/web`,
    "http://rostrum.example/simulated/shop/web",
    "https://app@rostrum.example/simulated/shop/web",
  ])("doesn't excuse %s", (url) => {
    expect(leadsToPortal(url, portal)).toBe(true);
    expect(mainUrl({ url }, portal)).toBeNull();
  });
});

describe("the catalog in another order", () => {
  const price = (from: string) => ({ from, to: from, currency: "EUR" });
  const templates = [
    { title: "Cache", running: 3, price: price("4.23"), typicalSeconds: null },
    { title: "Shop", running: 3, price: null, typicalSeconds: 55 },
    { title: "Site", running: 9, price: price("1.92"), typicalSeconds: 34 },
  ];
  it.each([
    ["used", ["Site", "Cache", "Shop"]],
    ["price", ["Site", "Cache", "Shop"]],
    ["time", ["Site", "Shop", "Cache"]],
    ["name", ["Cache", "Shop", "Site"]],
  ] as const)("%s: what is not known comes last", (sort, expected) => {
    expect(sortTemplates(templates, sort).map((one) => one.title)).toEqual(expected);
  });
});

describe("what happened to an environment", () => {
  it.each([
    ["request", "create", "succeeded", "Created"],
    ["request", "create", "failed", "Creation failed"],
    ["request", "extend", "pending_approval", "Lease extension pending approval"],
    ["request", "heal", "running", "Healing in progress"],
    ["incident", "web", "open", "Incident in web"],
    ["backup", "scheduled", "succeeded", "Scheduled backup"],
    ["backup", "manual", "failed", "Manual backup failed"],
    ["backup", "before-restore", "running", "Pre-restore backup in progress"],
  ] as const)("%s %s %s: %s", (kind, what, status, expected) => {
    expect(activityTitle({ kind, what, status } as Happened)).toBe(expected);
  });
});

describe("what a list is sorted by", () => {
  const known = ["name", "cost"] as const;
  it.each([
    [{ sort: "cost" }, { sort: "cost", direction: "asc" }],
    [{ sort: "-name" }, { sort: "name", direction: "desc" }],
    [{ sort: "password" }, {}],
    [{}, {}],
  ])("%j is %j", (params, expected) => {
    expect(sortFilter(params, known)).toEqual(expected);
  });
});

describe("the list of template versions", () => {
  const version = (title: string, number: string, more: object) => ({
    id: `${title}@${number}`,
    template: title.toLowerCase(),
    title,
    icon: "",
    category: "Web",
    builtin: true,
    version: number,
    digest: "sha256:0",
    status: "published" as const,
    authorId: null,
    contributorIds: [],
    author: null,
    createdAt: new Date(0).toISOString(),
    submittedAt: null,
    publishedAt: new Date(0).toISOString(),
    environments: 0,
    checks: null,
    ...more,
  });
  const rows = [
    version("Cache", "1.9.0", { publishedAt: new Date(5).toISOString(), environments: 3 }),
    version("Shop", "1.0.0", { publishedAt: new Date(2).toISOString(), environments: 7, category: "Data" }),
    version("Cache", "1.10.0", { publishedAt: null, status: "draft" as const }),
  ];
  const order = (sort?: VersionSort, direction?: "asc" | "desc") =>
    sortVersions(rows, { ...(sort && { sort }), ...(direction && { direction }) }).map((row) => row.id);

  it("goes by title, the newest version of each first", () => {
    expect(order()).toEqual(["Cache@1.10.0", "Cache@1.9.0", "Shop@1.0.0"]);
    expect(order("title", "desc")).toEqual(["Shop@1.0.0", "Cache@1.10.0", "Cache@1.9.0"]);
  });

  it("goes by what a column says, and what was never published counts as the newest", () => {
    expect(order("environments", "desc")).toEqual(["Shop@1.0.0", "Cache@1.9.0", "Cache@1.10.0"]);
    expect(order("published")).toEqual(["Shop@1.0.0", "Cache@1.9.0", "Cache@1.10.0"]);
    expect(order("status")).toEqual(["Cache@1.10.0", "Cache@1.9.0", "Shop@1.0.0"]);
    expect(order("category")).toEqual(["Shop@1.0.0", "Cache@1.10.0", "Cache@1.9.0"]);
  });
});

describe("what a person is told when a run ends", () => {
  it.each([
    ["create", "succeeded", "shop is ready"],
    ["destroy", "succeeded", "shop is destroyed"],
    ["create", "failed", "Creating shop failed"],
    ["extend", "failed", "Extending lease of shop failed"],
    ["update", "cancelled", "Updating shop was canceled"],
    ["stop", "unknown", "Stopping shop: outcome unknown, action required"],
  ] as const)("%s, %s: %s", (kind, status, words) => {
    expect(endWords(kind, "shop", status)).toBe(words);
  });
});
