// Shows the roll-out, looks again every five seconds, and hands on what the operator decides.

const TOKEN = "eventsmith.rollout.token";
const LANGUAGE = "eventsmith.language";
const WORDS = {
  ko: {
    title: "롤아웃", language: "English", entryTitle: "관리자 토큰이 필요합니다", token: "관리자 토큰", show: "보기",
    none: "진행된 롤아웃이 없습니다", figure: "지표", candidate: "새 버전", current: "현재 버전", limit: "한도", state: "판정",
    advance: "다음 단계", hold: "멈춤", resume: "다시 진행", rollback: "되돌리기",
    errors: "오류 비율", slow: "3초 넘는 비율", discards: "버린 초안 비율", quality: "품질 점수",
    healthy: "양호", inconclusive: "판단 보류", breach: "위반",
    running: "진행 중", held: "멈춤", completed: "완료", rolled_back: "되돌림",
    since: (time) => `${time}부터`, sure: (action) => `정말 ${action}할까요? 감사 기록에 남길 이유:`,
    due: "단계 시간이 지났습니다", undue: "단계 시간이 남았습니다", away: "플랫폼이 응답하지 않습니다", by: "변경",
  },
  en: {
    title: "Roll-out", language: "한국어", entryTitle: "The admin token is needed", token: "Admin token", show: "Show",
    none: "Nothing has been rolled out", figure: "Figure", candidate: "Candidate", current: "Current", limit: "Limit", state: "Verdict",
    advance: "Advance", hold: "Hold", resume: "Resume", rollback: "Roll back",
    errors: "Errors", slow: "Later than 3 s", discards: "Drafts discarded", quality: "Quality points",
    healthy: "healthy", inconclusive: "inconclusive", breach: "breach",
    running: "running", held: "held", completed: "completed", rolled_back: "rolled back",
    since: (time) => `since ${time}`, sure: (action) => `${action}? The reason, for the audit trail:`,
    due: "The stage has lasted long enough", undue: "The stage is not over yet", away: "The platform does not answer", by: "by",
  },
};
const POSSIBLE = { running: ["advance", "hold", "rollback"], held: ["advance", "resume", "rollback"], completed: ["rollback"], rolled_back: [] };

let language = localStorage.getItem(LANGUAGE) ?? (navigator.language.startsWith("ko") ? "ko" : "en");
const word = (name) => WORDS[language][name] ?? name;
const at = (id) => document.getElementById(id);
const only = (id) => ["entry", "empty", "rollout"].forEach((each) => (at(each).hidden = each !== id));

function speak() {
  document.documentElement.lang = language;
  document.querySelectorAll("[data-word]").forEach((node) => (node.textContent = word(node.dataset.word)));
}

async function call(options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  return fetch("/api/llm/rollout", { ...options, headers, cache: "no-store" });
}

async function look(answer = call()) {
  try {
    const response = await answer;
    const body = await response.json();
    complain(response.ok || response.status === 401 ? "" : body.detail);
    if (response.status === 401) only("entry");
    else if (response.ok) show(body);
  } catch {
    complain(word("away"));
  }
}

function complain(text) {
  at("message").textContent = text;
  at("message").hidden = !text;
}

function show({ rollout, assessment }) {
  if (!rollout) return only("empty");
  only("rollout");
  const since = new Date(rollout.since * 1000).toLocaleString(language);
  at("what").textContent = `${rollout.subject}${rollout.candidate ? ` (${rollout.candidate})` : ""} · ${Math.round(rollout.share * 100)} %`;
  at("progress").textContent = `${word(rollout.status)}, ${word("since")(since)}`;
  at("why").textContent = `${word("by")} ${rollout.changedBy}${rollout.reason ? `: ${rollout.reason}` : ""}`;
  at("stages").replaceChildren(...rollout.stages.map((share, index) => stage(rollout, share, index)));
  at("verdict").textContent = assessment ? `${word(assessment.verdict)} · ${word(assessment.due ? "due" : "undue")}` : "";
  document.querySelector("table").hidden = !assessment;
  at("findings").replaceChildren(...(assessment?.findings ?? []).map(row));
  document.querySelectorAll("[data-action]").forEach((button) => {
    button.hidden = !POSSIBLE[rollout.status].includes(button.dataset.action);
  });
}

function stage(rollout, share, index) {
  const node = document.createElement("li");
  node.textContent = `${share} %`;
  const reached = rollout.status === "completed" || index < rollout.stage;
  node.dataset.state = rollout.status === "rolled_back" ? "undone" : reached ? "done" : index === rollout.stage ? "now" : "";
  return node;
}

function row(finding) {
  const node = document.createElement("tr");
  const shown = (value) => (finding.figure === "quality" ? value.toFixed(1) : `${(value * 100).toFixed(2)} %`);
  node.append(cell(word(finding.figure)), figure(finding.candidate, shown), figure(finding.current, shown), cell(shown(finding.limit)));
  const state = cell(word(finding.verdict));
  state.dataset.verdict = finding.verdict;
  node.append(state);
  return node;
}

function figure(interval, shown) {
  if (!interval) return cell("–");
  const node = cell(interval.count ? shown(interval.value) : "–");
  const range = document.createElement("small");
  range.textContent = `${shown(interval.low)} … ${shown(interval.high)}, n = ${interval.count.toLocaleString(language)}`;
  node.append(range);
  return node;
}

function cell(text) {
  const node = document.createElement("td");
  node.textContent = text;
  return node;
}

at("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, at("token").value);
  look();
});
at("language").addEventListener("click", () => {
  language = language === "ko" ? "en" : "ko";
  localStorage.setItem(LANGUAGE, language);
  speak();
  look();
});
at("actions").addEventListener("click", ({ target }) => {
  const action = target.dataset.action;
  const reason = action && prompt(word("sure")(word(action)));
  if (action && reason !== null) look(call({ method: "POST", body: JSON.stringify({ action, reason }) }));
});

speak();
look();
setInterval(look, 5000);
