// Brings the answer into view and gives it the focus, whenever Python asks for it once more.
const LONGEST_WAIT = 20000; // ms: a picture that has just come is read first
const LOW = 500; // px
let last; // survives a page that is drawn anew

export default function ({ data }) {
  const before = last;
  last = data.turn;
  if (before === undefined || data.turn <= before) return;
  const stop = Date.now() + LONGEST_WAIT;
  const bring = () => {
    const answer = document.querySelector(".st-key-hero, .stAlert");
    if (!answer) return Date.now() < stop && setTimeout(bring, 100);
    answer.tabIndex = -1;
    answer.style.outline = "none"; // it is no control: only what follows is reached from here
    answer.focus({ preventScroll: true });
    const { top, bottom } = answer.getBoundingClientRect();
    // On a phone on its side there is room for the cards only where the answer stands on top.
    if (innerHeight < LOW) answer.scrollIntoView({ block: "start" });
    else if (top < 0 || bottom > innerHeight) answer.scrollIntoView({ block: "center" });
  };
  requestAnimationFrame(bring);
}
