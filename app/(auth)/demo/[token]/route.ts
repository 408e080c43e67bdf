import { openDemoLink } from "@/lib/features/identity";

interface Context {
  params: Promise<{ token: string }>;
}

/** The one-time link that the terminal shows while there is demo data. */
export async function GET(request: Request, context: Context): Promise<Response> {
  const { token } = await context.params;
  return await openDemoLink(request, token);
}

/** Else Next would answer it with GET, and a request that only checks for the link would use it up. */
export function HEAD(): Response {
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}
