import { NextRequest } from "next/server";
import type { AuthOptions } from "next-auth";
import * as nextAuth from "next-auth/next";
import { type AdmittedSignIn, admitSignIn } from "@/lib/features/identity";
import { AppError } from "@/lib/kernel/errors";
import { newId } from "@/lib/kernel/ids";
import { isUnavailable } from "@/lib/platform/db";
import { problemResponse } from "@/lib/platform/http";
import { moduleLog } from "@/lib/platform/log";

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

type RouteForm = (request: NextRequest, context: Context, options: AuthOptions) => Promise<Response>;

/** A CommonJS default: Node's ESM hands over the module, bundlers the function in it. */
function defaultOf(imported: RouteForm | { default: RouteForm }): RouteForm {
  return typeof imported === "function" ? imported : imported.default;
}
const answerByNextAuth = defaultOf(nextAuth.default);

async function answer(request: Request, context: Context): Promise<Response> {
  try {
    const admitted = await admitSignIn(request);
    return admitted instanceof Response ? admitted : await signIn(request, context, admitted);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    const requestId = newId("http");
    moduleLog("http").error({ err: error, requestId }, "sign-in does not work");
    const message = "The database is unavailable. Try again shortly.";
    return problemResponse(new AppError("unavailable", message), requestId, { "retry-after": "2" });
  }
}

/** next-auth's own form for route handlers. Headers and cookies it reads from Next, its URL from NEXTAUTH_URL. */
async function signIn(request: Request, context: Context, admitted: AdmittedSignIn): Promise<Response> {
  const { form, options, setCookies } = admitted;
  const asked = new NextRequest(request.url, {
    method: request.method,
    ...(form && { body: new URLSearchParams(form) }),
  });
  const response = await answerByNextAuth(asked, context, options);
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
  for (const cookie of setCookies) response.headers.append("set-cookie", cookie);
  return response;
}

export const GET = answer;
export const POST = answer;
