import { expect, it } from "vitest";
import { contactSchema } from "./schema-contact";

it.each([
  "mailto:platform@example.com",
  "mailto:o'neil+rostrum@mail.example.com",
  "https://example.com",
  "https://chat.example.com:8443/channels/platform?tab=help#top",
  "https://example.com/@platform",
])("takes %s", (contact) => {
  expect(contactSchema.parse(contact)).toBe(contact);
});

it.each([
  "platform@example.com",
  "http://example.com",
  "javascript:alert(1)",
  "data:text/html,x",
  "//example.com",
  "/admin/users",
  "https://",
  "https://user:token@example.com/",
  "https://example.com@evil.example/",
  "https://example.com\\@evil.example",
  "https://example.com/ a",
  "https://example.com/\u202egnp.exe",
  "https://еxample.com",
  "mailto:a@example.com?bcc=b@example.com",
  "mailto:a@example.com,b@example.com",
  "mailto:a%0Abcc:b@example.com",
  "mailto:a@example.com\nbcc: b@example.com",
  " mailto:a@example.com",
  `https://example.com/${"a".repeat(500)}`,
])("refuses %j", (contact) => {
  expect(contactSchema.safeParse(contact).success).toBe(false);
});
