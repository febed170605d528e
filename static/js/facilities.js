/* Deciding by single keys: s leads from text to text; in the text that has the focus 1 to 3, 0 and 9 press the button that
   shows the key. The switch turns the keys off and is remembered (WCAG 2.1.4). Without this file the same buttons work. */

const KEPT = "facilities.keys";
const TYPING = "input, select, textarea";

class Facilities {
  constructor(box) {
    this.box = box;
    this.rows = [...box.querySelectorAll("tbody tr")];
    for (const row of this.rows) row.tabIndex = -1;
    this.dress();
    this.turn(localStorage.getItem(KEPT) !== "off");
    document.addEventListener("keydown", (event) => this.key(event));
    // After a decision the address names the text that follows.
    const asked = this.rows.find((row) => `#${row.id}` === location.hash);
    if (asked && this.on) asked.focus();
  }

  /* The switch that turns the keys off. */
  dress() {
    const label = document.createElement("label");
    label.className = "choice";
    this.switch = document.createElement("input");
    this.switch.type = "checkbox";
    const words = document.createElement("span");
    words.textContent = this.box.dataset.switch;
    label.append(this.switch, words);
    this.box.prepend(label);
    this.switch.addEventListener("change", () => {
      localStorage.setItem(KEPT, this.switch.checked ? "on" : "off");
      this.turn(this.switch.checked);
    });
  }

  turn(on) {
    this.on = on;
    this.switch.checked = on;
    for (const words of this.box.querySelectorAll("[data-with-script]")) words.hidden = !on;
    for (const button of this.box.querySelectorAll("[data-key]")) {
      if (on) button.setAttribute("aria-keyshortcuts", button.dataset.key);
      else button.removeAttribute("aria-keyshortcuts");
    }
  }

  key(event) {
    const free = !event.isComposing && !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!this.on || !free || (event.target.matches(TYPING) && event.target !== this.switch)) return;
    const at = this.rows.findIndex((row) => row.contains(document.activeElement));
    if (event.key === "s") {
      event.preventDefault();
      this.rows[(at + 1) % this.rows.length].focus();
      return;
    }
    // Nothing is decided before a text has the focus.
    const button = this.rows[at]?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  }
}

for (const box of document.querySelectorAll("[data-facilities]")) new Facilities(box);
