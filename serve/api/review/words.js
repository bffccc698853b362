// Every word the page says, Korean first.

const WORDS = {
  ko: {
    title: "이벤트 검토", language: "English", keys: "단축키", close: "닫기", leave: "이름 바꾸기",
    entryTitle: "누가 검토하나요?", name: "검토자 이름", token: "관리자 토큰", start: "시작하기",
    entryHint: "답은 이름마다 따로 남습니다. 자동 점수는 답을 낸 뒤에 보여 드립니다.",
    emptyTitle: "모두 검토했습니다", emptyHint: "새 이벤트가 쌓이면 여기에 나타납니다.", again: "다시 확인",
    progress: (done, open) => `검토함 ${done} · 남음 ${open}`,
    state: "플레이어의 상태", turn: (n) => `${n}턴`, cash: "현금", users: "이용자", trust: "신뢰", nothing: "인프라 없음",
    EASY: "쉬움", NORMAL: "보통", HARD: "어려움", noEffect: "변화 없음", result: "결과",
    CRITICAL: "치명", HIGH: "높음", MEDIUM: "중간", LOW: "낮음", POSITIVE: "호재",
    MARKET_OPPORTUNITY: "시장 기회", COMPETITOR_ACTION: "경쟁사", INFRASTRUCTURE_CRISIS: "인프라 위기",
    TEAM_EVENT: "팀", FUNDING_OPPORTUNITY: "투자",
    scores: "점수", checklist: "점검표", verdict: "판정", note: "메모",
    consistency: "일관성", consistencyHint: "글과 효과가 한 이야기",
    balance: "균형", balanceHint: "알맞은 크기, 살아남을 길",
    fun: "재미", funHint: "흥미로운 상황과 갈림길",
    education: "교육", educationHint: "클라우드의 생각 하나",
    yes: "예", no: "아니요", approve: "승인", revise: "수정", reject: "거절",
    notePlaceholder: "고칠 점이나 까닭 (선택). 줄바꿈은 Shift+Enter",
    submit: "제출", next: "다음 이벤트", yours: "나", automatic: "자동", total: "합계",
    saved: "저장했습니다", apart: (n) => n === 0 ? "자동 점수와 같습니다." : `자동 점수보다 ${Math.abs(n)}점 ${n > 0 ? "높게" : "낮게"} 보았습니다.`,
    missing: (names) => `아직 답하지 않았습니다: ${names}`,
    refused: "관리자 토큰이 맞지 않습니다.", forbidden: "관리자 토큰이 설정되지 않았습니다: EVENTSMITH_ADMIN_TOKEN을 정하세요.",
    badName: "이름에는 글자, 숫자, 빈칸, . _ @ - 만 쓸 수 있습니다.", gone: "이 이벤트는 새 이벤트에 밀려 지워졌습니다. 다음으로 넘어갑니다.",
    offline: "서버가 답하지 않습니다. 답은 이 브라우저에 남아 있습니다. 잠시 뒤 다시 제출하세요.",
    help: [
      ["0 – 5", "점수: 0, 5, 10, 15, 20, 25점. 다음 칸으로 넘어갑니다"], ["Y / N", "점검표: 예 / 아니요"],
      ["A / R / X", "판정: 승인 / 수정 / 거절"], ["M", "메모로 가기, Esc로 나오기"],
      ["Tab · ← →", "칸 옮기기 · 칸 안에서 고르기"], ["Enter", "제출, 그리고 다음 이벤트"], ["L", "언어 바꾸기"], ["?", "이 도움말"],
    ],
  },
  en: {
    title: "Event review", language: "한국어", keys: "Keys", close: "Close", leave: "Change name",
    entryTitle: "Who is reviewing?", name: "Your name", token: "Admin token", start: "Start",
    entryHint: "Answers are kept apart by name. The automatic score is shown once yours is in.",
    emptyTitle: "All reviewed", emptyHint: "New events appear here as they are written.", again: "Look again",
    progress: (done, open) => `${done} reviewed · ${open} left`,
    state: "The player's state", turn: (n) => `Turn ${n}`, cash: "Cash", users: "Users", trust: "Trust", nothing: "No infrastructure",
    EASY: "Easy", NORMAL: "Normal", HARD: "Hard", noEffect: "No change", result: "Result",
    CRITICAL: "Critical", HIGH: "High", MEDIUM: "Medium", LOW: "Low", POSITIVE: "Positive",
    MARKET_OPPORTUNITY: "Market", COMPETITOR_ACTION: "Competitor", INFRASTRUCTURE_CRISIS: "Infrastructure",
    TEAM_EVENT: "Team", FUNDING_OPPORTUNITY: "Funding",
    scores: "Scores", checklist: "Checklist", verdict: "Verdict", note: "Note",
    consistency: "Consistency", consistencyHint: "texts and effects agree",
    balance: "Balance", balanceHint: "fair sizes, a way out",
    fun: "Fun", funHint: "a scene, a real choice",
    education: "Education", educationHint: "one cloud idea",
    yes: "Yes", no: "No", approve: "Approve", revise: "Revise", reject: "Reject",
    notePlaceholder: "What to mend, or why (optional). Shift+Enter for a new line",
    submit: "Submit", next: "Next event", yours: "You", automatic: "Automatic", total: "Total",
    saved: "Saved", apart: (n) => n === 0 ? "The same as the automatic score." : `${Math.abs(n)} points ${n > 0 ? "above" : "below"} the automatic score.`,
    missing: (names) => `Not answered yet: ${names}`,
    refused: "That is not the admin token.", forbidden: "No admin token is configured: set EVENTSMITH_ADMIN_TOKEN.",
    badName: "A name may hold letters, digits, spaces and . _ @ -", gone: "This event made way for newer ones. Here is the next.",
    offline: "The server does not answer. Your answers are kept in this browser; submit again in a moment.",
    help: [
      ["0 – 5", "Score: 0, 5, 10, 15, 20, 25 points; moves on"], ["Y / N", "Checklist: yes / no"],
      ["A / R / X", "Verdict: approve / revise / reject"], ["M", "Go to the note, Esc to leave it"],
      ["Tab · ← →", "Move between rows · choose within one"], ["Enter", "Submit, then the next event"], ["L", "Switch language"], ["?", "This help"],
    ],
  },
};

let locale = localStorage.getItem("eventsmith.review.language") === "en" ? "en" : "ko";

export const language = () => locale;

export function word(name, ...values) {
  const found = WORDS[locale][name];
  return typeof found === "function" ? found(...values) : found;
}

export function switchLanguage() {
  locale = locale === "ko" ? "en" : "ko";
  localStorage.setItem("eventsmith.review.language", locale);
}

export function translatePage() {
  document.documentElement.lang = locale;
  document.title = `${word("title")} · eventsmith`;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
}

const number = new Intl.NumberFormat("ko-KR");

// 원 in the reader's own units: 6,000만원, ₩60M.
export function won(amount) {
  const size = Math.abs(amount);
  const sign = amount < 0 ? "−" : "";
  if (locale === "en") return `${sign}₩${size >= 1e6 ? `${number.format(Math.round(size / 1e5) / 10)}M` : number.format(size)}`;
  const eok = Math.floor(size / 1e8);
  const man = Math.round((size % 1e8) / 1e4);
  if (!eok && !man) return `${sign}${number.format(size)}원`;
  return `${sign}${[eok && `${number.format(eok)}억`, man && `${number.format(man)}만`].filter(Boolean).join(" ")}원`;
}

export const people = (count) => (count < 0 ? "−" : "") + number.format(Math.abs(count)) + (locale === "ko" ? "명" : "");
