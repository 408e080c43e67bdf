import { handleAuthRequest } from "@/lib/features/identity";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { isUnavailable } from "@/lib/platform/db";
import { problemResponse } from "@/lib/platform/http";
import { moduleLog } from "@/lib/platform/log";

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

async function answer(request: Request, context: Context): Promise<Response> {
  const { nextauth } = await context.params;
  try {
    return await handleAuthRequest(request, nextauth);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    const requestId = newId("http");
    moduleLog("http").error({ err: error, requestId }, "sign-in does not work");
    const message = "The database is unavailable. Try again shortly.";
    return problemResponse(new AppError("unavailable", message), requestId, { "retry-after": "2" });
  }
}

export const GET = answer;
export const POST = answer;
