/* Suggests terms while somebody types: the combobox pattern of WAI-ARIA 1.2 over GET /api/v1/terms.
   Without this file the same field sends the typed words and the server asks which term is meant.
   A chosen term travels as a hidden input after the text input, under the same name: the last one counts. */

const WAIT = 150; // milliseconds without a key before the server is asked
const MOST = 8;

class TermField {
  constructor(field, number) {
    this.field = field;
    this.input = field.querySelector("input[type=text]");
    this.chosen = null;
    this.terms = [];
    this.at = -1;
    this.dress(`terms-list-${number}`);
    this.listen();
    if (field.dataset.termsCode) this.carry(field.dataset.termsCode);
  }

  /* Give the input its role, and put an empty list and a spoken line under it. */
  dress(id) {
    this.list = document.createElement("ul");
    this.list.id = id;
    this.list.className = "suggest-list";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-labelledby", `${this.input.id}-label`);
    this.spoken = document.createElement("p");
    this.spoken.className = "sr";
    this.spoken.setAttribute("role", "status");
    this.input.after(this.list, this.spoken);
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(roles)) this.input.setAttribute(name, value);
  }

  listen() {
    this.input.addEventListener("input", (event) => this.typed(event));
    this.input.addEventListener("compositionend", () => this.askSoon());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    // The list must not take the focus, or blur would close it before the choice is made.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.at));
    });
  }

  typed(event) {
    this.drop();
    if (!event.isComposing) this.askSoon();
  }

  askSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const text = this.input.value.trim();
    if (!text) {
      this.close();
      return;
    }
    const query = new URLSearchParams({ q: text.slice(0, 200), limit: String(MOST) });
    for (const name of this.field.dataset.terms.split(" ").filter(Boolean)) query.append("vocabulary", name);
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const answer = await fetch(`/api/v1/terms?${query}`, { signal: this.asking.signal });
      if (answer.ok) this.show((await answer.json()).terms);
      else this.close();
    } catch (error) {
      // A newer question took this one's place, or the network is away: the field still takes any word.
      this.close(error.name === "AbortError");
    }
  }

  show(terms) {
    this.terms = terms;
    this.at = -1;
    this.list.replaceChildren(...terms.map((term, at) => this.option(term, at)));
    this.open(terms.length > 0 && document.activeElement === this.input);
    const { termsSome, termsNone } = this.field.dataset;
    this.spoken.textContent = terms.length ? termsSome.replace("{count}", terms.length) : termsNone;
  }

  option(term, at) {
    const languages = this.field.dataset.termsLanguage === "ja" ? ["ja", "en"] : ["en", "ja"];
    const option = document.createElement("li");
    option.id = `${this.list.id}-${at}`;
    option.dataset.at = at;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    for (const language of languages) {
      const name = document.createElement("span");
      name.lang = language;
      name.translate = false;
      name.textContent = term[`name_${language}`];
      option.append(name, " ");
    }
    return option;
  }

  key(event) {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && this.list.hidden) {
      event.preventDefault();
      this.ask();
    } else if (event.key in steps) {
      event.preventDefault();
      const count = this.terms.length;
      this.mark(this.at < 0 && event.key === "ArrowUp" ? count - 1 : (this.at + steps[event.key] + count) % count);
    } else if (event.key === "Enter" && !this.list.hidden && this.at >= 0) {
      event.preventDefault();
      this.choose(this.at);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    }
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    const option = this.list.children[at];
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  choose(at) {
    const term = this.terms[at];
    const language = this.field.dataset.termsLanguage;
    this.input.value = term[`name_${language}`];
    this.input.lang = language;
    this.field.querySelectorAll("input[type=radio]").forEach((radio) => (radio.checked = false));
    this.carry(term.code);
    this.close();
  }

  /* Send the code with the form. */
  carry(code) {
    this.drop();
    this.chosen = document.createElement("input");
    this.chosen.type = "hidden";
    this.chosen.name = this.input.name;
    this.chosen.value = code;
    this.field.append(this.chosen);
  }

  /* Whoever types on means another word. */
  drop() {
    this.chosen?.remove();
    this.chosen = null;
  }

  open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    if (!yes) this.input.removeAttribute("aria-activedescendant");
  }

  close(quietly = false) {
    if (quietly) return;
    clearTimeout(this.waiting);
    this.at = -1;
    this.open(false);
  }
}

document.querySelectorAll("[data-terms]").forEach((field, number) => new TermField(field, number));
