// One number in doubt: its writing with the doubts marked, and a field that the keyboard never has
// to leave. A typed digit takes the place of the first doubtful one, then of the next; W shows the
// whole page in place of the writing.
const desks = new WeakMap();
const LONGEST_WAIT = 5000; // ms: what was sent may be lost with a connection
const LARGEST = 6; // screen px for a picture's px

function connect(root) {
  const find = (selector) => root.querySelector(selector);
  const desk = {
    root,
    field: find("textarea"),
    frame: find(".writing"),
    image: find("img"),
    readers: find(".readers"),
    back: find(".back"),
    later: find(".later"),
    look: find(".look"),
    port: find(".port"),
    near: closely(find(".port")),
    waits: 0,
    number: null,
    doubts: [],
    text: "",
  };
  const send = (action) => {
    // Until the answer is there, another Enter would settle what nobody has looked at.
    if (Date.now() < desk.waits || (action === "back" && desk.back.disabled)) return;
    desk.waits = Date.now() + LONGEST_WAIT;
    desk.send({ action, number: desk.number, turn: desk.turn, text: desk.field.value });
  };
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    send("settle");
  });
  desk.later.addEventListener("click", () => send("later"));
  desk.back.addEventListener("click", () => send("back"));
  const look = () => {
    if (desk.place.length && !desk.page) send("page");
    else turn(desk, desk.port.hidden);
    desk.field.focus({ preventScroll: true });
  };
  desk.look.addEventListener("click", look);
  root.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && event.key.toLowerCase() === "w") {
      event.preventDefault();
      if (!event.repeat) look();
      return;
    }
    if (plain && !event.shiftKey && !desk.port.hidden && desk.near.press(event.key)) {
      event.preventDefault();
      return;
    }
    const action = { Escape: "later", PageUp: "back" }[event.key];
    if (event.key === "Enter" && event.target === desk.field && !event.shiftKey) {
      event.preventDefault();
      if (!event.repeat) send("settle");
    } else if (action) {
      event.preventDefault();
      if (!event.repeat) send(action);
    }
  });
  desk.field.addEventListener("input", () => {
    // As long as digits only take the place of digits, doubts stay where they were.
    const same = desk.field.value.length === desk.text.length;
    const next = desk.doubts.find((place) => place >= desk.field.selectionStart);
    if (same && next !== undefined) desk.field.setSelectionRange(next, next + 1);
    desk.frame.querySelectorAll(".digit").forEach((digit) => digit.classList.remove("here"));
    if (same) point(desk);
  });
  desk.image.addEventListener("load", () => {
    const { naturalWidth: width, naturalHeight: height } = desk.image;
    desk.frame.style.width = `min(100%, ${LARGEST * width}px, calc(42vh * ${width / height}))`;
  });
  return desk;
}

function point(desk) {
  const place = desk.field.value.slice(0, desk.field.selectionStart).replaceAll("\n", "").length;
  desk.frame.querySelectorAll(".digit").forEach((digit, index) => {
    digit.classList.toggle("here", index === place && desk.field.selectionEnd > desk.field.selectionStart);
  });
}

// Show the whole page, or again the writing.
function turn(desk, whole) {
  desk.port.hidden = !whole;
  desk.frame.hidden = whole;
  desk.look.ariaPressed = String(whole);
  if (whole) desk.near.show(desk.page || desk.image.src, desk.page ? desk.place : []);
}

function show(desk, data) {
  desk.number = data.number;
  desk.waits = 0;
  desk.text = data.first;
  desk.doubts = data.doubts;
  desk.image.src = data.picture;
  desk.frame.querySelectorAll(".digit").forEach((digit) => digit.remove());
  for (const { left, top, right, bottom, accepted } of data.digits) {
    const digit = document.createElement("span");
    digit.className = accepted ? "digit" : "digit doubt";
    const percent = (share) => `${100 * share}%`;
    digit.style.left = percent(left);
    digit.style.top = percent(top);
    digit.style.width = percent(right - left);
    digit.style.height = percent(bottom - top);
    desk.frame.append(digit);
  }
  desk.readers.replaceChildren(
    ...data.readers.map(({ who, text }) => {
      const button = document.createElement("button");
      button.type = "button";
      const name = document.createElement("small");
      name.textContent = who;
      button.append(name, text.replaceAll("\n", " / ") || "nothing");
      button.addEventListener("click", () => {
        desk.field.value = text;
        desk.field.focus();
      });
      return button;
    }),
  );
  desk.field.value = data.first;
  desk.field.rows = data.first.split("\n").length;
  desk.back.disabled = !data.may_go_back;
  desk.later.firstChild.textContent = data.later;
  desk.place = data.place;
  desk.page = null;
  desk.look.firstChild.textContent = data.look;
  turn(desk, false);
  desk.field.focus({ preventScroll: true });
  if (desk.turn !== undefined) desk.root.querySelector(".writing").scrollIntoView({ block: "nearest" });
  const first = desk.doubts[0];
  if (first !== undefined) desk.field.setSelectionRange(first, first + 1);
  else if (data.replaces) desk.field.select();
  else desk.field.setSelectionRange(data.first.length, data.first.length);
  point(desk);
}

export default function ({ data, parentElement, setTriggerValue }) {
  let desk = desks.get(parentElement);
  if (!desk) {
    desk = connect(parentElement);
    desks.set(parentElement, desk);
  }
  desk.send = (what) => setTriggerValue("did", what);
  if (desk.number !== data.number || desk.turn !== data.turn) show(desk, data);
  desk.turn = data.turn;
  if (data.page && data.page !== desk.page) {
    desk.page = data.page;
    turn(desk, true);
  }
  if (desk.heard !== data.heard) desk.waits = 0;
  desk.heard = data.heard;
  return () => desks.delete(parentElement);
}
