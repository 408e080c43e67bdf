// First: Next's storages take what this sets. The setup of integration tests does it, others may not.
import "./next-storages";
import { workAsyncStorage } from "next/dist/server/app-render/work-async-storage.external";
import { workUnitAsyncStorage } from "next/dist/server/app-render/work-unit-async-storage.external";
import { NextRequest } from "next/server";
import { GET, POST } from "@/app/api/auth/[...nextauth]/route";
import { getConfig } from "@/lib/platform/config";

/**
 * The route of /api/auth/* without Next's server: with the request that Next hands to `headers()` and `cookies()`, which
 * next-auth reads, and the variable that instrumentation.ts sets at the start.
 */
export async function handleAuthRequest(request: Request, action: readonly string[]): Promise<Response> {
  process.env.NEXTAUTH_URL = new URL(getConfig().publicUrl).origin;
  const handler = request.method === "POST" ? POST : GET;
  const params = Promise.resolve({ nextauth: [...action] });
  return await inNext(request, () => handler(request, { params }));
}

async function inNext<T>(request: Request, work: () => Promise<T>): Promise<T> {
  const { headers, url } = request;
  const { cookies } = new NextRequest(url, { headers });
  // As much of Next's stores as the two functions look at; Next makes them in its server alone.
  const route = { route: "/api/auth/[...nextauth]" } as NonNullable<
    ReturnType<typeof workAsyncStorage.getStore>
  >;
  const asked = { type: "request", phase: "render", headers, cookies } as unknown as NonNullable<
    ReturnType<typeof workUnitAsyncStorage.getStore>
  >;
  return await workAsyncStorage.run(route, () => workUnitAsyncStorage.run(asked, work));
}
