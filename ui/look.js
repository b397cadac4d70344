// Brings the answer into view and gives it the focus, whenever Python asks for it once more.
let last; // survives a page that is drawn anew

export default function ({ data }) {
  const before = last;
  last = data.turn;
  if (before === undefined || data.turn <= before) return;
  requestAnimationFrame(() => {
    const answer = document.querySelector(".st-key-hero, .stAlert");
    if (!answer) return;
    answer.tabIndex = -1;
    answer.style.outline = "none"; // it is no control: only what follows is reached from here
    answer.focus({ preventScroll: true });
    answer.scrollIntoView({ block: "center" });
  });
}
