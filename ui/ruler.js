// Tells Python how wide the page is, and how high the window, for a widget of a fixed size in px.
const rulers = new WeakSet();

export default ({ parentElement, setStateValue }) => {
  const line = parentElement.querySelector(".ruler");
  if (!line || rulers.has(line)) return;
  rulers.add(line);
  let told = 0;
  new ResizeObserver(() => {
    const width = Math.floor(line.clientWidth);
    if (!width || width === told) return;
    told = width;
    setStateValue("height", innerHeight); // no news by itself: a phone's bars come and go
    setStateValue("width", width);
  }).observe(line);
};
