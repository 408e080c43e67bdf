import { demoLinkCommand } from "@/lib/features/identity/schema";
import { formatCount } from "@/lib/kernel/format";

/** What went wrong, as a sentence that says what to do. */
export function sentenceFor(code: string): string {
  const seconds = /^Throttled-(\d+)$/.exec(code)?.[1];
  if (seconds) return `Too many failed attempts. Try again in ${formatCount(Number(seconds), "second")}.`;
  switch (code) {
    case "CredentialsSignin":
      return "Incorrect email or password.";
    case "disabled":
      return "Your account is disabled. Contact an administrator.";
    case "no-email":
      return "Your identity provider didn’t share your email address. Ask its administrator to include the email claim.";
    case "email-not-verified":
      return "An account with this email already exists. Verify the address with your identity provider, then try again.";
    case "DemoLink":
      return `This demo link has expired or was already used. Get a new one in a terminal: ${demoLinkCommand}`;
    case "PasswordEnded":
      return "This initial password has expired. Ask an administrator for a new one.";
    case "SessionRequired":
      return "Sign in to continue.";
    case "Unavailable":
      return "Sign-in is temporarily unavailable. Try again shortly.";
    default:
      return "Sign-in didn’t complete. Try again, or contact an administrator.";
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
    // A full load: nothing rendered for no one may stay on screen.
    window.location.assign(next);
    return null;
  } catch {
    return "Can’t reach Rostrum. Check your connection and try again.";
  }
}
