import { request } from "node:https";
import { messageOf } from "@/lib/kernel/errors";
import { formatDuration } from "@/lib/kernel/format";

export interface Post {
  body: string;
  headers: Record<string, string>;
  timeoutMs: number;
  /** Certificate authorities in PEM, instead of the well-known ones. */
  ca?: string | undefined;
}

const longestAnswer = 4_096;

/**
 * Sends a text by HTTPS POST to an address that the operator configured. A redirect is not followed.
 * @throws Error in one line when the server cannot be reached, is too slow or answers anything but 2xx
 */
export async function post(url: URL, { body, headers, timeoutMs, ca }: Post): Promise<void> {
  const { status, text } = await new Promise<{ status: number; text: string }>((done, fail) => {
    const outgoing = request(
      url,
      {
        method: "POST",
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutMs),
        ...(ca !== undefined && { ca }),
      },
      (incoming) => {
        let answer = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk: string) => {
          if (answer.length < longestAnswer) answer += chunk;
        });
        incoming.on("end", () => done({ status: incoming.statusCode ?? 0, text: answer }));
        incoming.on("error", fail);
      },
    );
    outgoing.on("error", (error) => {
      const late = error.name === "TimeoutError" || error.name === "AbortError";
      const why = late ? `timed out after ${formatDuration(timeoutMs)}` : messageOf(error);
      fail(new Error(`can’t reach ${url.host}: ${why}`, { cause: error }));
    });
    outgoing.end(body);
  });
  if (status >= 200 && status < 300) return;
  const said = text
    .replaceAll(/[^\x20-\x7e]+/g, " ")
    .slice(0, 200)
    .trim();
  throw new Error(`${url.host} returned HTTP ${status}${said ? `: ${said}` : ""}`);
}
