import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How the code speaks to the database: the three ways of lib/platform/db, counted. */
export interface DataLanes {
  prisma: number;
  kysely: number;
  /** SQL written out. */
  raw: number;
  /** Of those, in files that are not called `*.sql.ts`. */
  rawElsewhere: number;
}

/**
 * As much as there is. Raw SQL is for what batches, and belongs into `*.sql.ts`: both figures may only fall, so one who
 * turns a statement into one of Prisma or Kysely lowers them here.
 */
export const most = { raw: 38, rawElsewhere: 0 };

const roots = ["app", "lib", "workers", "prisma/seed"];
const prismaCall =
  /\b(?:prisma|getPrisma\(\))\s*\.\s*\w+\s*\.\s*(?:find|create|update|upsert|delete|count|aggregate|groupBy)\w*\(/g;
const kyselyStatement = /\b(?:selectFrom|insertInto|updateTable|deleteFrom)\(/g;
const rawStatement = /(["'`])\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s/g;

/** The ways of one file's text. */
export function lanesIn(file: string, text: string): DataLanes {
  const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
  const raw = count(rawStatement);
  return {
    prisma: count(prismaCall),
    kysely: count(kyselyStatement),
    raw,
    rawElsewhere: file.endsWith(".sql.ts") ? 0 : raw,
  };
}

/** All files together. */
export function countLanes(root = process.cwd()): DataLanes {
  const sum: DataLanes = { prisma: 0, kysely: 0, raw: 0, rawElsewhere: 0 };
  for (const file of roots.flatMap((one) => filesBelow(root, one))) {
    const lanes = lanesIn(file, readFileSync(join(root, file), "utf8"));
    for (const key of Object.keys(sum) as (keyof DataLanes)[]) sum[key] += lanes[key];
  }
  return sum;
}

/** The figures in one line, and what is wrong with them. */
export function judgeLanes(lanes: DataLanes): { line: string; problems: string[] } {
  const { prisma, kysely, raw, rawElsewhere } = lanes;
  const line = `Database: ${prisma} calls of Prisma, ${kysely} statements of Kysely, ${raw} of raw SQL (${rawElsewhere} outside *.sql.ts)`;
  const problems = (["raw", "rawElsewhere"] as const).flatMap((key) => {
    if (lanes[key] > most[key])
      return [
        `data-lanes: ${key} is ${lanes[key]}, ${most[key]} at most: use Prisma or Kysely (docs/architecture.md)`,
      ];
    return lanes[key] < most[key]
      ? [`data-lanes: ${key} is ${lanes[key]} by now: lower it in scripts/data-lanes.ts`]
      : [];
  });
  return { line, problems };
}

function filesBelow(root: string, path: string): string[] {
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
