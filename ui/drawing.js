// What the drawing sheet lacks: undo and redo by keyboard. And what it has too much: a toolbar of
// its own that lies unseen over the paper, where the Tab key and screen readers would find it.
const FIELDS =
  "input:not([type=radio], [type=checkbox], [type=range]), textarea, [contenteditable=true]";
const PATIENCE_MS = 1500;
const sheets = new WeakMap();

function hideToolbar() {
  const canvas = document.querySelector(".st-key-canvas");
  for (const element of canvas?.querySelectorAll("*") ?? []) {
    const toolbar = element.shadowRoot?.querySelector(".dc-toolbar");
    if (toolbar) toolbar.style.display = "none";
  }
}

function connect(sheet) {
  const next = () => {
    if (sheet.busy || !sheet.presses.length) return;
    sheet.busy = true;
    sheet.pressed = { step: sheet.presses.shift(), at: Date.now() + Math.random(), tries: 0 };
    tell();
  };
  const tell = () => {
    sheet.told = Date.now();
    sheet.send({ ...sheet.pressed });
  };
  const look = () => {
    hideToolbar(); // the canvas comes later, and again at a new size
    if (!sheet.busy || Date.now() - sheet.told < PATIENCE_MS) return;
    sheet.pressed.tries += 1; // what is told between two runs may get lost
    tell();
  };
  const press = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.composedPath()[0].matches?.(FIELDS)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    sheet.presses.push(key === "y" || event.shiftKey ? "redo" : "undo");
    next();
  };
  sheet.next = next;
  document.addEventListener("keydown", press);
  const watch = setInterval(look, 200);
  return () => {
    document.removeEventListener("keydown", press);
    clearInterval(watch);
  };
}

export default function ({ data, parentElement, setStateValue }) {
  let sheet = sheets.get(parentElement);
  if (!sheet) {
    sheet = { presses: [], busy: false };
    sheets.set(parentElement, sheet);
    sheet.leave = connect(sheet);
  }
  // A state, not a trigger: where a run is cut short, as by what the canvas tells, a trigger is lost.
  sheet.send = (pressed) => setStateValue("pressed", pressed);
  if (sheet.turn !== data.turn) sheet.busy = false;
  sheet.turn = data.turn;
  sheet.next();
  hideToolbar();
  return () => {
    sheet.leave();
    sheets.delete(parentElement);
  };
}
