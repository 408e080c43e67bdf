/**
 * Bytes that someone else wrote, as a file to be kept: never shown by a browser, whatever they are. The wrapper of all
 * routes adds `nosniff`.
 */
export function downloadResponse(
  bytes: Uint8Array,
  filename: string,
  headers: Record<string, string> = {},
): Response {
  const plain = filename.replaceAll(/[^\w.-]/g, "-");
  return new Response(new Uint8Array(bytes), {
    headers: {
      ...headers,
      "content-type": "text/plain; charset=utf-8",
      "content-length": String(bytes.length),
      "content-disposition": `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(filename).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)}`,
      "content-security-policy": "sandbox; default-src 'none'",
      "cache-control": "no-store",
    },
  });
}
