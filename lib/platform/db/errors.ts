/** Whether a write failed because the value is taken: from Prisma (P2002) or PostgreSQL itself (23505). */
export function isUniqueViolation(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "P2002" || code === "23505";
}
