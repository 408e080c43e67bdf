/** What the executor must know of a request beside its plan. */
export function contextOf(
  body: Partial<Record<"backup" | "action", string>> & object,
): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  if (body.backup) context.backup = body.backup;
  if (body.action) context.action = body.action;
  return context;
}
