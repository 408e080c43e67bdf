import { z } from "zod";
import { lineText } from "@/lib/kernel/text";

/** Git asks for one line each; a control character would end it early. */
const oneLine = (text: string) => !/\p{Cc}/u.test(text);

const name = lineText(80, "Enter a name");
const username = lineText(200, "Enter a username")
  .refine(oneLine, "Enter one line")
  .describe("For a token, the username your Git server expects: often oauth2, git or x-access-token");
const password = z
  .string()
  .min(1, "Enter a password or token")
  .max(4_000)
  .refine(oneLine, "Enter one line")
  .describe("Password or access token. Stored encrypted and never returned");

export const gitCredentialCreate = z.object({
  name,
  address: lineText(1_000, "Enter a URL").describe(
    "https:// URL of the Git server, optionally limited to a path: https://git.example.com/team",
  ),
  username,
  password,
});
export type GitCredentialCreate = z.output<typeof gitCredentialCreate>;

/** The address stays: a password that was meant for one server must not be sent to another. */
export const gitCredentialUpdate = z
  .strictObject({ name: name.optional(), username: username.optional(), password: password.optional() })
  .refine((value) => Object.keys(value).length > 0, "Nothing to change");
export type GitCredentialUpdate = z.output<typeof gitCredentialUpdate>;

export const gitCredentialDto = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  username: z.string(),
  lastUsedAt: z.iso.datetime().nullable().describe("When an environment last used the credential"),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type GitCredentialDto = z.output<typeof gitCredentialDto>;
