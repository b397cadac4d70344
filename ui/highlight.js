// Highlights a digit wherever it is shown. Whatever shows one says which: data-highlight="3". The
// pointer or the keyboard's focus does it for as long as it stays, a tap until the next tap. A
// candidate (data-label) that is tapped is chosen.
let pinned = null;
let shown = null;
let choose = () => {};
let chosen = ""; // the button that was pressed: it is drawn anew, and shall have the focus again

function highlight(name) {
  if (name === shown) return;
  shown = name;
  document.querySelectorAll(".highlighted").forEach((one) => one.classList.remove("highlighted"));
  if (name === null) return;
  document
    .querySelectorAll(`[data-highlight="${name}"]`)
    .forEach((one) => one.classList.add("highlighted"));
}

const named = (event) => event.target.closest?.("[data-highlight]")?.dataset.highlight ?? null;

function again() {
  const name = shown;
  shown = null;
  highlight(name);
  if (!chosen || document.activeElement !== document.body) return;
  document.querySelector(chosen)?.focus({ preventScroll: true });
  chosen = "";
}

const shownCards = new WeakSet();
function intoView(cards) {
  if (shownCards.has(cards)) return; // it may have been scrolled since
  shownCards.add(cards);
  const card = cards.querySelector(`[data-highlight="${pinned}"]`) ?? cards.querySelector(".doubt");
  if (card) cards.scrollLeft = card.offsetLeft - (cards.clientWidth - card.offsetWidth) / 2;
}

let listens = false;
function listen() {
  if (listens) return;
  listens = true;
  let at = "";
  document.addEventListener("pointerover", (event) => {
    // A page that scrolls under a resting pointer takes no highlight from the keyboard's focus.
    const here = `${event.screenX} ${event.screenY}`;
    if (event.pointerType === "mouse" && here !== at) highlight(named(event) ?? pinned);
    at = here;
  });
  document.addEventListener("focusin", (event) => highlight(named(event) ?? pinned));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") highlight((pinned = null));
  });
  document.addEventListener("click", (event) => {
    const name = named(event);
    const button = event.target.closest?.("[data-label]");
    if (button) {
      chosen = `[data-highlight="${name}"] [data-label="${button.dataset.label}"]`;
      choose({ digit: Number(name), label: button.dataset.label });
      pinned = name;
    } else if (name === null || name === pinned) {
      pinned = null;
    } else {
      pinned = name;
    }
    highlight(pinned);
  });
  // Streamlit draws the page in pieces: what comes later is highlighted, too.
  new MutationObserver((changes) => {
    const added = changes.flatMap((one) => [...one.addedNodes]);
    if (!added.some((node) => node.querySelector?.("[data-highlight]"))) return;
    again();
    document.querySelectorAll(".cards").forEach(intoView);
  }).observe(document.body, { childList: true, subtree: true });
  document.querySelectorAll(".cards").forEach(intoView);
}

export default function ({ data, setTriggerValue }) {
  if (data.of !== listen.of) highlight((pinned = null));
  listen.of = data.of;
  choose = (what) => setTriggerValue("chose", { ...what, of: data.of });
  listen();
  return () => (choose = () => {});
}
