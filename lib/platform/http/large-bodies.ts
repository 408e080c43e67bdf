import { AppError } from "@/lib/kernel/errors";

/** Requests with large bodies that one process holds at once, and of them those of one client. */
const most = 8;
const mostOfOne = 2;
const retryAfterSeconds = 10;

const held = new Map<string, number>();
let total = 0;

/**
 * A place for a request whose body is large, taken before the body is read: what has no place waits at the client, not
 * in memory. Answers how to give it back.
 * @throws AppError rate_limited when the client has its share, unavailable when all places are taken
 */
export function takeLargeBody(client: string): () => void {
  const own = held.get(client) ?? 0;
  const detail = { retryAfterSeconds };
  if (own >= mostOfOne) {
    const message = `You are uploading ${mostOfOne} archives already. Wait for them to finish.`;
    throw new AppError("rate_limited", message, { detail });
  }
  if (total >= most) {
    throw new AppError("unavailable", "Too many uploads at the moment. Try again shortly.", {
      detail,
    });
  }
  held.set(client, own + 1);
  total += 1;
  return () => {
    const left = (held.get(client) ?? 1) - 1;
    if (left > 0) held.set(client, left);
    else held.delete(client);
    total -= 1;
  };
}
