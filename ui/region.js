// A box dragged over a picture, by mouse or finger, as shares of the picture's sides.
const SMALLEST = 0.02;
const pickers = new WeakMap();
const share = (value) => Math.min(1, Math.max(0, value));

function connect(root) {
  const picker = { frame: root.querySelector(".frame"), box: root.querySelector(".box") };
  let start = null;
  const at = (event) => {
    const bounds = picker.frame.getBoundingClientRect();
    return [
      share((event.clientX - bounds.left) / bounds.width),
      share((event.clientY - bounds.top) / bounds.height),
    ];
  };
  const region = (event) => {
    const [x, y] = at(event);
    return [
      Math.min(start[0], x),
      Math.min(start[1], y),
      Math.max(start[0], x),
      Math.max(start[1], y),
    ];
  };
  picker.show = (found) => {
    picker.box.hidden = !found;
    if (!found) return;
    const percent = (value) => `${100 * value}%`;
    picker.box.style.left = percent(found[0]);
    picker.box.style.top = percent(found[1]);
    picker.box.style.width = percent(found[2] - found[0]);
    picker.box.style.height = percent(found[3] - found[1]);
  };
  picker.frame.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    picker.frame.setPointerCapture(event.pointerId);
    start = at(event);
  });
  picker.frame.addEventListener("pointermove", (event) => start && picker.show(region(event)));
  const end = (event) => {
    if (!start) return;
    const found = region(event);
    start = null;
    const large = found[2] - found[0] > SMALLEST && found[3] - found[1] > SMALLEST;
    picker.setStateValue("region", large ? found.map((side) => Number(side.toFixed(4))) : null);
    if (!large) picker.show(null);
  };
  picker.frame.addEventListener("pointerup", end);
  picker.frame.addEventListener("pointercancel", () => (start = null));
  picker.frame.addEventListener("touchstart", (event) => event.preventDefault(), {
    passive: false,
  });
  // Asked for from further up, it may lie below the screen.
  const appear = () => picker.frame.scrollIntoView({ block: "nearest", behavior: "smooth" });
  root.querySelector("img").addEventListener("load", appear, { once: true });
  return picker;
}

export default function ({ data, parentElement, setStateValue }) {
  let picker = pickers.get(parentElement);
  if (!picker) {
    picker = connect(parentElement);
    pickers.set(parentElement, picker);
  }
  picker.setStateValue = setStateValue;
  const image = picker.frame.querySelector("img");
  if (image.src !== data.picture) image.src = data.picture;
  picker.show(data.region);
  return () => pickers.delete(parentElement);
}
