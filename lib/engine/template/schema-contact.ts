import { z } from "zod";

/**
 * Where people reach a template's owner: one email address, or an https URL without a user name. Nothing else leads out of
 * a page that everyone opens, and no address brings headers or a text of its own (`?bcc=`).
 */
const contactPattern =
  /^(?:mailto:[\w.!$'*+/=^{|}~-]+@[A-Za-z0-9.-]+|https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][\w.~:/?#[\]!$&'()*+,;=%@-]*)?)$/;

export const contactSchema = z
  .string()
  .max(500, "use at most 500 characters")
  .regex(
    contactPattern,
    "expected mailto: with one email address, such as mailto:platform@example.com, or an https URL",
  );
