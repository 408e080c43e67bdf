/**
 * A password between scheme and host. All of it is bounded: components print what they like, and a pattern that looks far
 * ahead from every letter would keep this process busy for minutes.
 */
const passwordInUrl = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,256}:)[^\s@/]{1,1024}@/gi;

/** A text without the passwords of the URLs in it. */
export function hideUrlPasswords(text: string): string {
  return text.replace(passwordInUrl, "$1•••@");
}
