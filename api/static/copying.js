// Puts words on the clipboard, also where the page came over plain http, as in many offices' own networks.

/** Whether it worked. */
export async function copied(words) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(words);
      return true;
    } catch {
      // not permitted: the older way may be
    }
  }
  const field = document.createElement("textarea");
  field.className = "unseen";
  field.value = words;
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const worked = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  return worked;
}
