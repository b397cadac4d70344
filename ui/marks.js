// Marks a digit wherever it is shown. Whatever shows one says which: data-mark="3". The pointer
// or the keyboard's focus marks it for as long as it stays, a tap until the next tap. A candidate
// (data-label) that is tapped is chosen.
let pinned = null;
let shown = null;
let choose = () => {};
let chosen = ""; // the button that was pressed: it is drawn anew, and shall have the focus again

function mark(name) {
  if (name === shown) return;
  shown = name;
  document.querySelectorAll(".marked").forEach((one) => one.classList.remove("marked"));
  if (name === null) return;
  document
    .querySelectorAll(`[data-mark="${name}"]`)
    .forEach((one) => one.classList.add("marked"));
}

const marked = (event) => event.target.closest?.("[data-mark]")?.dataset.mark ?? null;

function again() {
  const name = shown;
  shown = null;
  mark(name);
  if (!chosen || document.activeElement !== document.body) return;
  document.querySelector(chosen)?.focus({ preventScroll: true });
  chosen = "";
}

const shownCards = new WeakSet();
function intoView(cards) {
  if (shownCards.has(cards)) return; // it may have been scrolled since
  shownCards.add(cards);
  const card = cards.querySelector(`[data-mark="${pinned}"]`) ?? cards.querySelector(".doubt");
  if (card) cards.scrollLeft = card.offsetLeft - (cards.clientWidth - card.offsetWidth) / 2;
}

let listens = false;
function listen() {
  if (listens) return;
  listens = true;
  let at = "";
  document.addEventListener("pointerover", (event) => {
    // A page that scrolls under a resting pointer takes no mark from the keyboard's focus.
    const here = `${event.screenX} ${event.screenY}`;
    if (event.pointerType === "mouse" && here !== at) mark(marked(event) ?? pinned);
    at = here;
  });
  document.addEventListener("focusin", (event) => mark(marked(event) ?? pinned));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") mark((pinned = null));
  });
  document.addEventListener("click", (event) => {
    const name = marked(event);
    const button = event.target.closest?.("[data-label]");
    if (button) {
      chosen = `[data-mark="${name}"] [data-label="${button.dataset.label}"]`;
      choose({ digit: Number(name), label: button.dataset.label });
      pinned = name;
    } else if (name === null || name === pinned) {
      pinned = null;
    } else {
      pinned = name;
    }
    mark(pinned);
  });
  // Streamlit draws the page in pieces: what comes later is marked, too.
  new MutationObserver((changes) => {
    const added = changes.flatMap((one) => [...one.addedNodes]);
    if (!added.some((node) => node.querySelector?.("[data-mark]"))) return;
    again();
    document.querySelectorAll(".cards").forEach(intoView);
  }).observe(document.body, { childList: true, subtree: true });
  document.querySelectorAll(".cards").forEach(intoView);
}

export default function ({ data, setTriggerValue }) {
  if (data.of !== listen.of) mark((pinned = null));
  listen.of = data.of;
  choose = (what) => setTriggerValue("chose", { ...what, of: data.of });
  listen();
  return () => (choose = () => {});
}
