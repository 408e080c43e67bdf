/** Called by Next once, before the portal's server takes requests. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { keepFilesPrivate } = await import("@/lib/platform/storage");
  keepFilesPrivate();
  const { guardPages } = await import("@/lib/platform/http/guard-pages");
  guardPages();
  // After it, so that it comes first: whose word counts for the host depends on the address of the connection.
  const { notePeers } = await import("@/lib/platform/http/note-peers");
  notePeers();
  const { beginShutdown } = await import("@/lib/platform/http/shutdown");
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, beginShutdown);
}
