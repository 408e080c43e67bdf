import { demoLinkCommand } from "@/lib/features/identity/schema";

/** What went wrong, as a sentence that says what to do. */
export function sentenceFor(code: string): string {
  const seconds = /^Throttled-(\d+)$/.exec(code)?.[1];
  if (seconds) return `Too many failed tries. Wait ${seconds} s, then try again.`;
  switch (code) {
    case "CredentialsSignin":
      return "E-mail and password do not match. Check both and try again.";
    case "disabled":
      return "Your account is disabled. An administrator can enable it again.";
    case "no-email":
      return "Your provider did not tell your e-mail address. Ask its administrator to release it.";
    case "email-not-verified":
      return "Your e-mail address belongs to an account here, but your provider has not verified it. Verify it there first.";
    case "DemoLink":
      return `This demo link has expired or was already used. Get a new one in a terminal: ${demoLinkCommand}`;
    case "PasswordEnded":
      return "This initial password has expired. Ask an administrator for a new one.";
    case "SessionRequired":
      return "Sign in to see that page.";
    case "Unavailable":
      return "The portal cannot check sign-ins right now. Try again in a moment.";
    default:
      return "The sign-in did not complete. Try again; if it stays, tell an administrator.";
  }
}

/**
 * Signs in and goes to `next`. Answers null when the browser is leaving the page, else a sentence for the person.
 */
export async function signInWith(
  provider: string,
  values: Record<string, string>,
  next: string,
): Promise<string | null> {
  const { signIn } = await import("next-auth/react");
  try {
    const answer = await signIn(provider, { ...values, redirect: false, callbackUrl: next });
    if (!answer) return null;
    if (answer.error) return sentenceFor(answer.error);
    // A full load: nothing rendered for nobody may stay on screen.
    window.location.assign(next);
    return null;
  } catch {
    return "The portal did not answer. Check your connection and try again.";
  }
}
