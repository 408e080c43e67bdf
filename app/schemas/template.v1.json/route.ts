import { manifestJsonSchema } from "@/lib/engine/template";

let text: string | undefined;

/** The JSON Schema of template.yaml, for editors; public, because an editor does not sign in. */
export function GET(): Response {
  text ??= JSON.stringify(manifestJsonSchema());
  return new Response(text, {
    headers: {
      "content-type": "application/schema+json",
      "cache-control": "public, max-age=3600",
      "access-control-allow-origin": "*",
    },
  });
}
