import { newId } from "@/lib/kernel/ids";
import type { OrgRole, ProjectRole, Scope } from "@/lib/kernel/permissions";
import { resetRefusals } from "@/lib/platform/auth";
import { resetConfig } from "@/lib/platform/config";
import { hashToken, randomToken } from "@/lib/platform/crypto";
import { closeDb, execute } from "@/lib/platform/db";
import { getEventHub } from "@/lib/platform/events";
import { type RouteHandler, resetRateLimits } from "@/lib/platform/http";
import { createTestDatabase, type TestDatabase } from "./database";

/** A fresh database that the code under test uses as its own, in this process. */
export async function useTestPortal(extra: Record<string, string> = {}): Promise<TestDatabase> {
  const database = await createTestDatabase();
  Object.assign(process.env, {
    DATABASE_URL: database.appUrl,
    ROSTRUM_KEY: Buffer.alloc(32, 7).toString("base64"),
    PUBLIC_URL: "http://localhost:3000",
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? "silent",
    ...extra,
  });
  resetConfig();
  resetRateLimits();
  return {
    ...database,
    drop: async () => {
      resetRefusals();
      await getEventHub().close();
      await closeDb();
      await database.drop();
      for (const name of Object.keys(extra)) delete process.env[name];
      resetConfig();
    },
  };
}

export interface TestPerson {
  id: string;
  email: string;
  token: string;
}

/** A person with a bearer token. */
export async function makePerson(
  name: string,
  options: {
    orgRole?: OrgRole;
    projects?: Record<string, ProjectRole>;
    scopes?: Scope[];
    isDemo?: boolean;
  } = {},
): Promise<TestPerson> {
  const id = newId("user");
  const email = `${name}@test.example`;
  await execute(
    "INSERT INTO app_user (id, email, name, org_role, is_demo, updated_at) VALUES ($1, $2, $3, $4::org_role, $5, now())",
    [id, email, name, options.orgRole ?? null, options.isDemo ?? false],
  );
  for (const [projectId, role] of Object.entries(options.projects ?? {})) {
    await execute(
      "INSERT INTO project_member (project_id, user_id, role) VALUES ($1, $2, $3::project_role)",
      [projectId, id, role],
    );
  }
  return { id, email, token: await makeToken(id, options.scopes ?? ["admin"]) };
}

export async function makeToken(userId: string, scopes: Scope[]): Promise<string> {
  const token = `rst_${randomToken()}`;
  await execute(
    "INSERT INTO api_token (id, user_id, name, prefix, hash, scopes) VALUES ($1, $2, 'test', $3, $4, $5)",
    [newId("token"), userId, token.slice(0, 10), hashToken(token), scopes],
  );
  return token;
}

export async function makeProject(slug: string): Promise<string> {
  const costCenterId = newId("costCenter");
  const id = newId("project");
  await execute("INSERT INTO cost_center (id, code, name) VALUES ($1, $2, $2)", [costCenterId, `cc-${slug}`]);
  await execute(
    "INSERT INTO project (id, slug, name, cost_center_id, updated_at) VALUES ($1, $2, $2, $3, now())",
    [id, slug, costCenterId],
  );
  return id;
}

export interface CallOptions {
  method?: string;
  path?: string;
  token?: string | undefined;
  params?: Record<string, string>;
  body?: unknown;
  /** A body that is sent as it is. */
  raw?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

/** Calls a route handler as Next does. */
export async function call(handler: unknown, options: CallOptions = {}): Promise<Answer> {
  const response = await callRaw(handler, options);
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export async function callRaw(handler: unknown, options: CallOptions = {}): Promise<Response> {
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const request = new Request(`http://localhost:3000${options.path ?? "/api/v1/test"}`, {
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(options.token && { authorization: `Bearer ${options.token}` }),
      host: "localhost:3000",
      ...options.headers,
    },
    ...(body !== undefined && { body }),
    ...(options.signal && { signal: options.signal }),
  });
  return await (handler as RouteHandler)(request, { params: Promise.resolve(options.params ?? {}) });
}
