// Brings the answer into view and gives it the focus, whenever Python asks for it once more.
const LONGEST_WAIT = 20000; // ms: a picture that has just come is read first
const GROWS = 2000; // ms, in which the page below the answer comes
const LOW = 500; // px
const NEAR = 20; // px
let last; // survives a page that is drawn anew

// On a phone on its side there is room for the cards only where the answer stands on top; and for
// the answer on top only once there is something below it.
function lift(answer, stop) {
  answer.scrollIntoView({ block: "start" });
  if (answer.getBoundingClientRect().top > NEAR && Date.now() < stop) {
    setTimeout(() => lift(answer, stop), 100);
  }
}

export default function ({ data }) {
  const before = last;
  last = data.turn;
  if (before === undefined || data.turn <= before) return;
  const stop = Date.now() + LONGEST_WAIT;
  let busy = false; // whoever has begun something else meanwhile is left alone
  document.addEventListener("pointerdown", () => (busy = true), { once: true });
  const bring = () => {
    if (busy) return;
    const answer = document.querySelector(".st-key-hero, .stAlert");
    if (!answer) {
      if (Date.now() < stop) setTimeout(bring, 100);
      return;
    }
    answer.tabIndex = -1;
    answer.style.outline = "none"; // it is no control: only what follows is reached from here
    answer.focus({ preventScroll: true });
    const { top, bottom } = answer.getBoundingClientRect();
    if (innerHeight < LOW) lift(answer, Date.now() + GROWS);
    else if (top < 0 || bottom > innerHeight) answer.scrollIntoView({ block: "center" });
  };
  requestAnimationFrame(bring);
}
