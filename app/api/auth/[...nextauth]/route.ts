import { handleAuthRequest } from "@/lib/features/identity";

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

async function answer(request: Request, context: Context): Promise<Response> {
  const { nextauth } = await context.params;
  return await handleAuthRequest(request, nextauth);
}

export const GET = answer;
export const POST = answer;
