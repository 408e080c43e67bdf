/** The guides that people who use the portal read. */
export const guides = [
  {
    name: "writing-a-template",
    title: "Writing a template",
    summary: "The manifest, its expressions, components, backups and checks",
  },
  {
    name: "using-the-api",
    title: "Using the API",
    summary: "Tokens, lists, errors, idempotency and events, with examples",
  },
  {
    name: "operating",
    title: "Operating Rostrum",
    summary: "Settings, isolation, backups, upgrades, permissions and the audit log",
  },
] as const;
