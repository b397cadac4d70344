// A page to look at closely: zoomed by wheel, pinch, double click and keys, moved by drag and keys.
const MOST = 12; // times as large as the page fits in
const STEP = 1.4;
const KEY_SHARE = 0.15; // of the view, for an arrow key
const KEYS = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function closely(port) {
  const whole = port.querySelector(".whole");
  const image = whole.querySelector("img");
  const place = whole.querySelector(".place");
  const fingers = new Map();
  const at = { x: 0, y: 0, scale: 1 };
  let size = [1, 1]; // of the page where it fits in

  // What is smaller than the view lies in its middle; of what is larger no edge comes inside.
  const kept = (offset, length, room) =>
    length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, offset));
  const draw = () => {
    at.x = kept(at.x, size[0] * at.scale, port.clientWidth);
    at.y = kept(at.y, size[1] * at.scale, port.clientHeight);
    whole.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.scale})`;
    whole.style.setProperty("--scale", at.scale);
  };
  const fit = () => {
    if (port.hidden || !image.naturalWidth) return;
    const share = Math.min(
      port.clientWidth / image.naturalWidth,
      port.clientHeight / image.naturalHeight,
    );
    size = [image.naturalWidth * share, image.naturalHeight * share];
    [whole.style.width, whole.style.height] = size.map((length) => `${length}px`);
    draw();
  };
  const zoom = (factor, x = port.clientWidth / 2, y = port.clientHeight / 2) => {
    const scale = Math.min(MOST, Math.max(1, at.scale * factor));
    at.x = x - ((x - at.x) * scale) / at.scale;
    at.y = y - ((y - at.y) * scale) / at.scale;
    at.scale = scale;
    draw();
  };
  const move = (x, y) => {
    at.x += x;
    at.y += y;
    draw();
  };
  const inside = (event) => {
    const bounds = port.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  const middle = (points) => [0, 1].map((axis) => (points[0][axis] + points.at(-1)[axis]) / 2);
  const apart = ([one, other]) => Math.hypot(one[0] - other[0], one[1] - other[1]);

  new ResizeObserver(fit).observe(port);
  image.addEventListener("load", fit);
  port.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
      zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), ...inside(event));
    },
    { passive: false },
  );
  port.addEventListener("dblclick", (event) => zoom(at.scale > 1 ? 0 : 4, ...inside(event)));
  port.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the field keeps the keyboard
    port.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, inside(event));
  });
  port.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = [...fingers.values()];
    fingers.set(event.pointerId, inside(event));
    const now = [...fingers.values()];
    const [from, to] = [middle(before), middle(now)];
    move(to[0] - from[0], to[1] - from[1]);
    if (now.length === 2) zoom(apart(now) / Math.max(1, apart(before)), ...to);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    port.addEventListener(end, (event) => fingers.delete(event.pointerId));
  }
  return {
    // where: the shares of the page's sides that a part of it takes, or nothing
    show(picture, where) {
      at.scale = 1;
      if (image.src !== picture) image.src = picture;
      place.hidden = !where.length;
      const [left, top, right, bottom] = where.map((share) => 100 * share);
      place.style.cssText = `left:${left}%;top:${top}%;width:${right - left}%;height:${bottom - top}%`;
      fit();
    },
    // Whether it was a key of this view.
    press(key) {
      if (key === "+" || key === "=") zoom(STEP);
      else if (key === "-") zoom(1 / STEP);
      else if (KEYS[key]) {
        const [x, y] = KEYS[key];
        move(KEY_SHARE * x * port.clientWidth, KEY_SHARE * y * port.clientHeight);
      } else return false;
      return true;
    },
  };
}
