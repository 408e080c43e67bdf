import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import { buildTemplates } from "@/scripts/build-templates";
import { createEmptyDatabase, type TestDatabase } from "./database";
import { type RunningProgram, startProgram } from "./template-programs";

/** All that programs of templates get of our own environment. */
export const bare = { NODE_ENV: "production", PATH: process.env.PATH } as const;

export interface TemplateApps {
  /** A place among the built templates, which are there from the first test on. */
  path(...parts: string[]): string;
  /** Starts a program of a template; it ends with the test. */
  start(folder: string, args: string[], environment?: Record<string, string>): Promise<RunningProgram>;
  /** Runs a program of a template to its end. */
  run(folder: string, args: string[], environment?: Record<string, string>): SpawnSyncReturns<string>;
  /** A database that is dropped with the test. */
  createDatabase(): Promise<TestDatabase>;
}

/** The catalog's programs, built as the product ships them, for the tests of one file. */
export function templateApps(): TemplateApps {
  let built = "";
  let running: RunningProgram[] = [];
  let databases: TestDatabase[] = [];
  const path = (...parts: string[]) => join(built, ...parts);

  beforeAll(async () => {
    built = mkdtempSync(join(tmpdir(), "rostrum-apps-"));
    await buildTemplates(built);
  }, 60_000);
  afterAll(() => rmSync(built, { recursive: true, force: true }));
  afterEach(async () => {
    for (const program of running) program.kill("SIGKILL");
    await Promise.all(running.map((program) => program.ended()));
    await Promise.all(databases.map((database) => database.drop()));
    running = [];
    databases = [];
  });

  return {
    path,
    async start(folder, args, environment = {}) {
      const program = await startProgram(path(folder), args, environment);
      running.push(program);
      return program;
    },
    run: (folder, args, environment = {}) =>
      spawnSync(process.execPath, args, {
        cwd: path(folder),
        env: { ...bare, ...environment },
        encoding: "utf8",
      }),
    async createDatabase() {
      const database = await createEmptyDatabase();
      databases.push(database);
      return database;
    },
  };
}

export function postForm(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), headers, redirect: "manual" });
}

export function postJson(url: string, value: unknown) {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", body: JSON.stringify(value), headers });
}
