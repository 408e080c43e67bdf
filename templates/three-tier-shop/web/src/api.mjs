import { HttpError } from "../../../_kit/http.mjs";
import { log } from "../../../_kit/log.mjs";

const timeoutMs = 4_000;

/** Thrown when the shop's API cannot answer; pages then say so and come back by themselves. */
export class ApiAway extends HttpError {
  constructor() {
    super(503, "The shop is temporarily unavailable.");
  }
}

/** The API tier. Every answer says which copy of it answered: `{data, servedBy}`. */
export function createApi(baseUrl) {
  async function call(path, body) {
    const answer = await send(path, body);
    const servedBy = answer.headers.get("x-served-by") ?? "unknown";
    if (answer.status >= 500) throw new ApiAway();
    const data = await answer.json();
    if (!answer.ok) throw new HttpError(answer.status, data.error.message, data.error.fields);
    return { data, servedBy };
  }

  async function send(path, body) {
    try {
      return await fetch(new URL(path, baseUrl), {
        method: body ? "POST" : "GET",
        headers: body ? { "content-type": "application/json" } : {},
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      log.warn(`API unreachable: ${error.cause?.message || error.cause?.code || error.message}`);
      throw new ApiAway();
    }
  }

  return {
    products: () => call("/api/products"),
    orders: () => call("/api/orders"),
    place: (order) => call("/api/orders", order),
    /** Whether the API and, through it, the database answer now. */
    async isOpen() {
      try {
        await call("/healthz");
        return true;
      } catch (error) {
        if (error instanceof ApiAway) return false;
        throw error;
      }
    },
  };
}
