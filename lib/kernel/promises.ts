/** As `Promise.all`, except that a failure is thrown once all have ended: nothing continues behind the caller's back. */
export async function allSettled<const T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
