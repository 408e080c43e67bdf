/** Called by Next once, before the portal's server takes requests. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { giveSignsOfLife } = await import("@/lib/platform/exec/sign-of-life");
  giveSignsOfLife();
  const { keepFilesPrivate } = await import("@/lib/platform/storage");
  keepFilesPrivate();
  const { guardPages } = await import("@/lib/platform/http/guard-pages");
  guardPages();
  // After it, so that it comes first: whose word counts for the host depends on the address of the connection.
  const { notePeers } = await import("@/lib/platform/http/note-peers");
  const { refuseUnknownMethods } = await import("@/lib/platform/http/unknown-methods");
  const { refusePlainHttp } = await import("@/lib/platform/http/plain-http");
  const { getConfig, startWarnings } = await import("@/lib/platform/config");
  // next-auth takes its own URL from here alone: a Host header must not decide where a sign-in returns to.
  process.env.NEXTAUTH_URL = new URL(getConfig().publicUrl).origin;
  const { moduleLog, outliveOutput } = await import("@/lib/platform/log");
  outliveOutput();
  notePeers();
  const { endHungFetches } = await import("@/lib/platform/http/hung-fetches");
  endHungFetches();
  refuseUnknownMethods();
  refusePlainHttp();
  for (const warning of startWarnings()) moduleLog("http").warn(warning);
  // Last, so that it comes first: what the others answer has the headers as well.
  const { secureResponses } = await import("@/lib/platform/http/security-headers");
  secureResponses();
  const { beginShutdown, onShutdown } = await import("@/lib/platform/http/shutdown");
  const { flushRefusals } = await import("@/lib/platform/auth/refusals");
  onShutdown(() => void flushRefusals());
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, beginShutdown);
}
