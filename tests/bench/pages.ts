import { performance } from "node:perf_hooks";
import { Visitor } from "./client";
import { newDataDir, type Product, removeDataDir, startProduct } from "./npm-start";
import { median, percentile, type Row } from "./report";
import { seedLarge } from "./seed";
import { findSubjects, type Visit, visits } from "./visits";

const warmUpRounds = 5;
const warmUps = 5;
const most = 60;
/** A slow page is asked less often, so that the whole ends in time. */
const perPageMs = 2_500;
const targetMs = 50;

/**
 * Server response of every page and list with 10,000 environments, 100,000 steps and 1,000,000 usage rows: the product
 * as `npm start` runs it, one request at a time on an open connection, the whole body read. With `ROSTRUM_BENCH_DATA` an
 * already seeded data directory is used and kept.
 */
export async function benchPages(): Promise<Row[]> {
  const kept = process.env.ROSTRUM_BENCH_DATA;
  const dataDir = kept ?? newDataDir();
  const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);
  try {
    let product = await startProduct(dataDir);
    try {
      if (!(await isSeeded(product))) {
        await seedLarge(dataDir);
        // As people meet it: a server that started on this data.
        await product.stop();
        product = await startProduct(dataDir);
      }
      const rows = await measureAll(product, only);
      const { rss, pss, portal, workers } = product.memory();
      rows.push({
        what: "portal and workers after these pages, memory they hold together",
        value: pss,
        unit: "MB",
        target: 450,
        note: `PSS; resident ${rss.toFixed(0)}: portal ${portal.toFixed(0)}, workers ${workers.toFixed(0)}`,
      });
      return rows;
    } finally {
      await product.stop();
    }
  } finally {
    if (!kept) removeDataDir(dataDir);
  }
}

async function isSeeded(product: Product): Promise<boolean> {
  const admin = await Visitor.signIn(product.url, "admin", await product.demoCookie());
  try {
    const { items } = await admin.json<{ items: unknown[] }>("/clouds");
    return items.length > 3;
  } finally {
    admin.close();
  }
}

async function measureAll(product: Product, only: string | undefined): Promise<Row[]> {
  const people = new Map<string, Visitor>();
  try {
    for (const role of ["developer", "approver", "finance", "admin"]) {
      people.set(role, await Visitor.signIn(product.url, role, await product.demoCookie()));
    }
    const subjects = await findSubjects((role) => of(people, role));
    const chosen = visits(subjects).filter((visit) => !only || visit.path.startsWith(only));
    // Everything a few times first: what runs a long time has its code compiled.
    for (let round = 0; round < warmUpRounds; round += 1) {
      for (const visit of chosen) await of(people, visit.as).time(visit.path);
    }
    const rows: Row[] = [];
    for (const visit of chosen) rows.push(await measure(of(people, visit.as), visit, product));
    return rows;
  } finally {
    for (const visitor of people.values()) visitor.close();
  }
}

function of(people: ReadonlyMap<string, Visitor>, role: string): Visitor {
  const visitor = people.get(role);
  if (!visitor) throw new Error(`No one is signed in as ${role}.`);
  return visitor;
}

async function measure(visitor: Visitor, visit: Visit, product: Product): Promise<Row> {
  const until = performance.now() + perPageMs;
  let bytes = 0;
  for (let index = 0; index < warmUps && performance.now() < until; index += 1) {
    bytes = (await visitor.time(visit.path)).bytes;
  }
  const all: number[] = [];
  const cpuBefore = product.portalCpuMs();
  while (all.length < 5 || (all.length < most && performance.now() < until)) {
    all.push((await visitor.time(visit.path)).ms);
  }
  const cpu = (product.portalCpuMs() - cpuBefore) / all.length;
  return {
    what: `${visit.as.padEnd(9)} ${visit.label ?? visit.path}`,
    value: median(all),
    unit: "ms",
    target: targetMs,
    note: `p95 ${percentile(all, 0.95).toFixed(1)} ms, portal CPU ${cpu.toFixed(1)} ms, ${Math.round(bytes / 1024)} KB`,
  };
}
