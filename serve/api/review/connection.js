// The platform's review routes, called with the admin token of this tab.

const TOKEN = "eventsmith.review.token";

export class Refused extends Error {
  constructor(status) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

export const setToken = (token) => sessionStorage.setItem(TOKEN, token);

async function call(path, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { ...(options.body && { "Content-Type": "application/json" }), ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(path, { ...options, headers, cache: "no-store" });
  if (!response.ok) throw new Refused(response.status);
  return response.json();
}

const of = (reviewer) => `reviewer=${encodeURIComponent(reviewer)}`;

export const checklist = () => call("/review/checklist.json");
export const progress = (reviewer) => call(`/api/llm/reviews/progress?${of(reviewer)}`);
export const nextItem = (reviewer) => call(`/api/llm/reviews/next?${of(reviewer)}`);
export const submit = (itemId, review) =>
  call(`/api/llm/reviews/${encodeURIComponent(itemId)}`, { method: "PUT", body: JSON.stringify(review) });
