/**
 * Between a page's arrival and the moment React takes over its fields, a person can already type and press a button.
 * React then sets every field back to what the server wrote, and a form sent too early leaves the page with everything
 * in it. This script keeps what was typed and pressed, and hands it on until React has taken it.
 *
 * A form is taken when someone prevented the browser from sending it, which every form of ours does. A field belongs to
 * React once it has a property `__reactProps$…`, and was read by it once React's own note of its value (`_valueTracker`,
 * not on a select) is the field's. Should a later React name these otherwise, what is typed early is lost again, as
 * without this script; nothing else breaks.
 */
const script = `(() => {
  const everyMs = 40, tries = 8;
  const typed = new Map();
  let sent = null, waiting = false;
  const choosing = (field) => field.type === "checkbox" || field.type === "radio";
  const awake = (field) => Object.keys(field).some((key) => key.startsWith("__reactProps"));
  function keep(event) {
    const field = event.target;
    if (!event.isTrusted || !("value" in field) || field.type === "file") return;
    if (awake(field)) return void typed.delete(field);
    typed.set(field, { value: choosing(field) ? field.checked : field.value, left: tries });
    soon();
  }
  function hold(event) {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("action") || form.hasAttribute("method")) return;
    event.preventDefault();
    sent = { form, button: event.submitter };
    soon();
  }
  function soon() {
    if (waiting) return;
    waiting = true;
    setTimeout(look, everyMs);
  }
  function look() {
    waiting = false;
    for (const [field, note] of typed) {
      if (!field.isConnected || (awake(field) && (note.left-- === 0 || give(field, note.value)))) typed.delete(field);
    }
    if (typed.size === 0 && sent) {
      const { form, button } = sent;
      sent = null;
      if (form.isConnected) form.requestSubmit(button && button.isConnected ? button : undefined);
    }
    if (typed.size > 0 || sent) soon();
  }
  /** Answers whether React has read it already. */
  function give(field, value) {
    if (choosing(field)) {
      if (field.checked !== value) field.click();
      return true;
    }
    const tracker = field._valueTracker;
    if (field.value === value && tracker && tracker.getValue() === value) return true;
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return false;
  }
  addEventListener("input", keep, true);
  addEventListener("change", keep, true);
  addEventListener("submit", hold);
})()`;

/** Goes before the page's content, so that it listens from the first field on. */
export function EarlyInput({ nonce }: { nonce: string | undefined }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file; it must run before any bundle is there
  return <script nonce={nonce} dangerouslySetInnerHTML={{ __html: script }} suppressHydrationWarning />;
}
