import { simulatedPage, simulatedPolicy } from "@/components/shell/simulated-page";

interface Context {
  params: Promise<{ path: string[] }>;
}

/** Where links of environments on a simulated cloud lead: the same for everyone, and it asks no one who they are. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { path } = await params;
  return new Response(simulatedPage(path), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": simulatedPolicy,
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  });
}
