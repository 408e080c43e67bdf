import { AppError } from "@/lib/kernel/errors";
import { inexactJsonNumber } from "@/lib/kernel/values";

export const defaultMaxBodyBytes = 1024 * 1024;

export interface BodyOptions {
  maxBodyBytes: number;
  /** Content types whose body is handed on as text, beside JSON: "application/yaml". */
  textTypes?: readonly string[];
  /** Content types whose body is handed on as bytes. */
  binaryTypes?: readonly string[];
}

export interface ReadBody {
  bytes: Buffer;
  value: unknown;
}

/**
 * A request's body, read no further than the limit. An empty body is `undefined`.
 * @throws AppError `payload_too_large`, `unsupported_media_type`, or `invalid_request` for JSON that does not parse
 */
export async function readBody(request: Request, options: BodyOptions): Promise<ReadBody> {
  const bytes = await readBytes(request, options.maxBodyBytes);
  if (bytes.length === 0) return { bytes, value: undefined };
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (options.binaryTypes?.includes(type)) return { bytes, value: new Uint8Array(bytes) };
  if (options.textTypes?.includes(type)) return { bytes, value: decodeText(bytes) };
  if (type !== "application/json" && !type.endsWith("+json")) {
    const allowed = ["application/json", ...(options.textTypes ?? []), ...(options.binaryTypes ?? [])];
    throw new AppError("unsupported_media_type", `Send the body as ${allowed.join(" or ")}.`);
  }
  const text = decodeText(bytes);
  const value = parseJson(text);
  requireExactNumbers(text);
  return { bytes, value };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("invalid_request", "The body is not valid JSON.", { cause: error });
  }
}

/** A number that would arrive as another one is refused while its digits are still there. */
function requireExactNumbers(text: string): void {
  const found = inexactJsonNumber(text);
  if (!found) return;
  const shown = found.text.length > 40 ? `${found.text.slice(0, 40)}…` : found.text;
  const message = `${shown} would be read as ${Number(found.text)}; send at most 15 digits, or a string`;
  throw new AppError("validation_failed", `${found.path || "The body"}: ${message}`, {
    problems: [{ path: found.path, message }],
  });
}

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new AppError("invalid_request", "The body is not UTF-8 text.", { cause: error });
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  if (!request.body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let total = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value.length;
    if (total > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("payload_too_large", `The body is larger than ${maxBytes} bytes.`);
}
