// One reviewer's half-finished answers, kept in this browser at every key.

const PREFIX = "eventsmith.review.draft.";

export class Answers {
  #key;
  #since = performance.now();

  constructor(reviewer, itemId) {
    this.#key = `${PREFIX}${encodeURIComponent(reviewer)}.${itemId}`;
    const kept = JSON.parse(localStorage.getItem(this.#key) ?? "{}");
    this.chosen = kept.chosen ?? {};
    this.note = kept.note ?? "";
    this.seconds = kept.seconds ?? 0;
    document.addEventListener("visibilitychange", this.#tick);
    this.#forgetOthers(reviewer);
  }

  keep() {
    this.#tick();
    localStorage.setItem(this.#key, JSON.stringify({ chosen: this.chosen, note: this.note, seconds: this.seconds }));
  }

  forget() {
    document.removeEventListener("visibilitychange", this.#tick);
    localStorage.removeItem(this.#key);
  }

  // Adds the time since the last call, unless the page was hidden meanwhile.
  #tick = (event) => {
    const now = performance.now();
    if (!event || document.hidden) this.seconds += (now - this.#since) / 1000;
    this.#since = now;
  };

  // A draft of another item was submitted from elsewhere, or its item is gone.
  #forgetOthers(reviewer) {
    const mine = `${PREFIX}${encodeURIComponent(reviewer)}.`;
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(mine) && key !== this.#key) localStorage.removeItem(key);
    }
  }
}
