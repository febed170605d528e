/* Editing many rows by the keyboard: arrows lead up and down a column, Enter saves, and the page says how many rows
   differ from what is saved. Without this file the same form works by Tab and its button. */

const CONTROLS = "input:not([type=hidden]), select, textarea";

class FactsTable {
  constructor(form) {
    this.form = form;
    this.said = form.querySelector("[data-changed]");
    this.leaving = false;
    for (const words of form.querySelectorAll("[data-with-script]")) words.hidden = false;
    form.addEventListener("input", () => this.count());
    form.addEventListener("change", () => this.count());
    form.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("submit", () => (this.leaving = true));
    window.addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.changed().length) event.preventDefault();
    });
    // A page that comes back from the browser's memory may be left again.
    window.addEventListener("pageshow", () => {
      this.leaving = false;
      this.count();
    });
  }

  rows() {
    return [...this.form.querySelectorAll("tbody tr:not(.group)")];
  }

  /* What was typed and refused counts too: the server marks such rows. */
  changed() {
    return this.rows().filter(
      (row) => row.querySelector("[data-kept]") || [...row.querySelectorAll(CONTROLS)].some((one) => this.differs(one)),
    );
  }

  differs(control) {
    if (control.type === "checkbox") return control.checked !== control.defaultChecked;
    if (control instanceof HTMLSelectElement) {
      const options = [...control.options];
      const before = Math.max(0, options.findIndex((option) => option.defaultSelected));
      return control.selectedIndex !== before;
    }
    return control.value !== control.defaultValue;
  }

  count() {
    const count = this.changed().length;
    const words = count ? this.form.dataset.words.replace("{count}", count) : "";
    if (this.said.textContent !== words) this.said.textContent = words;
  }

  key(event) {
    const control = event.target;
    if (event.isComposing || !control.matches(CONTROLS)) return;
    const several = control instanceof HTMLTextAreaElement;
    if (event.key === "Enter" && (!several || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.form.requestSubmit();
      return;
    }
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    // In a select the arrows choose and in a text of several lines they move the caret: there Ctrl leads on.
    const own = several || control instanceof HTMLSelectElement;
    if (!step || event.altKey || event.shiftKey || own !== event.ctrlKey) return;
    const next = this.beside(control, step);
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (next.select && next.type === "text") next.select();
  }

  /* The control of the same column in the nearest row that has one. */
  beside(control, step) {
    const rows = this.rows();
    const cell = control.closest("td");
    const column = cell.cellIndex;
    for (let at = rows.indexOf(cell.parentElement) + step; rows[at]; at += step) {
      const controls = [...rows[at].cells[column].querySelectorAll(CONTROLS)];
      const found = controls.find((one) => one.checkVisibility());
      if (found) return found;
    }
    return null;
  }
}

for (const form of document.querySelectorAll("[data-facts-table]")) new FactsTable(form);
