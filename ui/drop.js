// Files dropped anywhere on the page, and pictures pasted anywhere but in a text field, go to the
// uploader. Where the page has none, Python is asked for it, and the files wait until it is there.
const UPLOADER = '[data-testid="stFileUploaderDropzone"]';
const LONGEST_WAIT = 8000; // ms for the uploader to appear
const FIELDS =
  "input:not([type=radio], [type=checkbox], [type=range]), textarea, [contenteditable=true]";

function give(files, uploader) {
  const input = uploader.querySelector("input[type=file]");
  const carried = new DataTransfer();
  for (const file of input.multiple ? files : files.slice(0, 1)) carried.items.add(file);
  input.files = carried.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function connect(zone) {
  const sign = zone.root.querySelector(".drop");
  const found = () => document.querySelector(UPLOADER);
  const within = (event, selector) =>
    event.composedPath().some((one) => one instanceof Element && one.matches(selector));
  let fading = 0;

  function take(files) {
    if (!files.length) return;
    if (found()) return give(files, found());
    zone.ask();
    const stop = Date.now() + LONGEST_WAIT;
    const watch = setInterval(() => {
      if (found()) give(files, found());
      if (found() || Date.now() > stop) clearInterval(watch);
    }, 100);
  }
  function over(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault(); // else the browser would leave the app and open the file
    const takes = found() || zone.data.may_ask;
    if (!takes) event.dataTransfer.dropEffect = "none";
    sign.hidden = !takes || within(event, UPLOADER);
    clearTimeout(fading);
    fading = setTimeout(() => (sign.hidden = true), 300); // no event tells of a drag given up
  }
  function drop(event) {
    sign.hidden = true;
    if (!event.dataTransfer.types.includes("Files") || within(event, UPLOADER)) return;
    event.preventDefault();
    if (found() || zone.data.may_ask) take([...event.dataTransfer.files]);
  }
  function paste(event) {
    if (within(event, FIELDS) || within(event, UPLOADER)) return;
    const files = [...event.clipboardData.files].filter((file) =>
      /^image\/|^application\/pdf$/.test(file.type),
    );
    if (files.length && (found() || zone.data.may_ask)) {
      event.preventDefault();
      take(files);
    }
  }
  const heard = { dragover: over, drop, paste };
  for (const [name, hear] of Object.entries(heard)) document.addEventListener(name, hear, true);
  return () => {
    for (const [name, hear] of Object.entries(heard)) {
      document.removeEventListener(name, hear, true);
    }
  };
}

const zones = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let zone = zones.get(parentElement);
  if (!zone) {
    zone = { root: parentElement };
    zones.set(parentElement, zone);
    zone.leave = connect(zone);
  }
  zone.data = data;
  zone.ask = () => setTriggerValue("asked", true);
  return () => {
    zone.leave();
    zones.delete(parentElement);
  };
}
