// What the drawing canvas lacks: undo and redo by keyboard. And what it has too much: a toolbar of
// its own that lies unseen over the paper, where the Tab key and screen readers would find it.
const FIELDS =
  "input:not([type=radio], [type=checkbox], [type=range]), textarea, [contenteditable=true]";
const PATIENCE_MS = 1500;
const canvases = new WeakMap();

function hideToolbar() {
  const around = document.querySelector(".st-key-canvas");
  for (const element of around?.querySelectorAll("*") ?? []) {
    const toolbar = element.shadowRoot?.querySelector(".dc-toolbar");
    if (toolbar) toolbar.style.display = "none";
  }
}

function connect(canvas) {
  const next = () => {
    if (canvas.busy || !canvas.presses.length) return;
    canvas.busy = true;
    canvas.pressed = { step: canvas.presses.shift(), at: Date.now() + Math.random(), tries: 0 };
    tell();
  };
  const tell = () => {
    canvas.told = Date.now();
    canvas.send({ ...canvas.pressed });
  };
  const look = () => {
    hideToolbar(); // the canvas comes later, and again at a new size
    if (!canvas.busy || Date.now() - canvas.told < PATIENCE_MS) return;
    canvas.pressed.tries += 1; // what is told between two runs may get lost
    tell();
  };
  const press = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.composedPath()[0].matches?.(FIELDS)) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    canvas.presses.push(key === "y" || event.shiftKey ? "redo" : "undo");
    next();
  };
  canvas.next = next;
  document.addEventListener("keydown", press);
  const watch = setInterval(look, 200);
  return () => {
    document.removeEventListener("keydown", press);
    clearInterval(watch);
  };
}

export default function ({ data, parentElement, setStateValue }) {
  let canvas = canvases.get(parentElement);
  if (!canvas) {
    canvas = { presses: [], busy: false };
    canvases.set(parentElement, canvas);
    canvas.leave = connect(canvas);
  }
  // A state, not a trigger: where a run is cut short, as by what the canvas tells, a trigger is lost.
  canvas.send = (pressed) => setStateValue("pressed", pressed);
  if (canvas.turn !== data.turn) canvas.busy = false;
  canvas.turn = data.turn;
  canvas.next();
  hideToolbar();
  return () => {
    canvas.leave();
    canvases.delete(parentElement);
  };
}
